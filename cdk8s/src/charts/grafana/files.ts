/** What Grafana is provisioned with: what `dashboards` makes, with marks where the thresholds of alerts are. */
import { createHash } from 'node:crypto';
import { alertingFiles, DASHBOARDS } from '@fleet/dashboards';

/** Paths in the chart, and minified JSON. */
export type GrafanaFiles = ReadonlyMap<string, string>;

/** A ConfigMap holds a mebibyte; a release, in which all of them are, one too. */
const MOST_BYTES = 200 * 1024;

/** Stands in a rule where a threshold is put when the chart is rendered, quotes included. */
const MARK = /"@([\w-]+)@"/g;

/** The files that are to be in the chart. */
export function grafanaFiles(): GrafanaFiles {
  const boards = DASHBOARDS.map((dashboard) => [`dashboards/${dashboard.uid}.json`, dashboard] as const);
  const alerting = Object.entries(alertingFiles(({ id }) => `@${id}@`)).map(
    ([name, file]) => [`alerting/${name}`, file] as const,
  );
  const files = [...boards, ...alerting].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return new Map(files.map(([path, file]) => [`files/${path}`, minified(path, file)]));
}

/** The names of files of a folder of the chart. */
export function namesIn(files: GrafanaFiles, folder: string): string[] {
  return [...files.keys()].filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));
}

/** The alerts that have a mark in a file. */
export function marksIn(files: GrafanaFiles, path: string): { readonly id: string; readonly mark: string }[] {
  return [...(files.get(path) ?? '').matchAll(MARK)].map(([mark, id = '']) => ({ id, mark }));
}

/** Rules and contacts are read when Grafana starts: their digest makes it start anew. */
export function digestOf(files: GrafanaFiles, folder: string): string {
  const hash = createHash('sha256');
  for (const [path, content] of files) if (path.startsWith(folder)) hash.update(path).update(content);
  return hash.digest('hex').slice(0, 16);
}

function minified(path: string, file: object): string {
  const content = JSON.stringify(file);
  if (content.length > MOST_BYTES) throw new Error(`${path} is larger than ${MOST_BYTES} bytes`);
  return content;
}

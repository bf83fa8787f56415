/** What Grafana is provisioned with: the generated files of `dashboards/`, as they lie there. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../../dashboards/', import.meta.url));

/** Paths in the chart, and minified JSON. */
export type GrafanaFiles = ReadonlyMap<string, string>;

/** A ConfigMap holds a mebibyte; a release, in which all of them are, one too. */
const MOST_BYTES = 200 * 1024;

/** The files that are to be in the chart. */
export function grafanaFiles(): GrafanaFiles {
  return new Map([...filesIn('', 'dashboards/'), ...filesIn('alerting/', 'alerting/')]);
}

/** The files of a folder of the chart, by their names. */
export function namesIn(files: GrafanaFiles, folder: string): string[] {
  return [...files.keys()].filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));
}

/** Rules and contacts are read when Grafana starts: their digest makes it start anew. */
export function digestOf(files: GrafanaFiles, folder: string): string {
  const hash = createHash('sha256');
  for (const [path, content] of files) if (path.startsWith(folder)) hash.update(path).update(content);
  return hash.digest('hex').slice(0, 16);
}

function filesIn(folder: string, target: string): [string, string][] {
  if (!existsSync(ROOT + folder)) return [];
  const names = readdirSync(ROOT + folder).filter(
    (name) => name.endsWith('.json') && !/^(package|tsconfig)/.test(name),
  );
  return names.toSorted().map((name) => {
    const content = JSON.stringify(JSON.parse(readFileSync(ROOT + folder + name, 'utf8')));
    if (content.length > MOST_BYTES) throw new Error(`${name} is larger than ${MOST_BYTES} bytes`);
    return [`files/${target}${name}`, content];
  });
}

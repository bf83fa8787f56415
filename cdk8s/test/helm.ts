/** The real `helm`, of both versions, as far as they are on the PATH. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { hasProgram } from '@fleet/testkit';
import { loadAll, YAML11_SCHEMA } from 'js-yaml';
import type { ChartFile } from '../src/helm/chart-files.ts';

/** Helm 4 is `helm`, Helm 3 is `helm3`. */
export const HELMS = ['helm', 'helm3'].map((name) => ({ name, isThere: hasProgram(name) }));

const run = promisify(execFile);

/** What `helm template` is told. */
export interface TemplateOptions {
  readonly release?: string;
  readonly values?: object;
  readonly apiVersions?: readonly string[];
  /** Further arguments. */
  readonly args?: readonly string[];
}

/** An object of Kubernetes. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/** A chart in a folder of its own. */
export class ChartFolder {
  readonly path: string;
  readonly #root: string;
  #count = 0;

  constructor(files: readonly ChartFile[]) {
    this.#root = mkdtempSync(join(tmpdir(), 'fleet-chart-'));
    this.path = join(this.#root, 'chart');
    for (const { path, text } of files) {
      mkdirSync(dirname(join(this.path, path)), { recursive: true });
      writeFileSync(join(this.path, path), text);
    }
  }

  /** The objects that a Helm makes. Rejects with Helm's words. */
  async template(helm: string, options: TemplateOptions = {}): Promise<KubernetesObject[]> {
    const { release = 'fleet', values = {}, apiVersions = [], args = [] } = options;
    const file = join(this.#root, `values-${this.#count++}.json`);
    writeFileSync(file, JSON.stringify(values));
    const apis = apiVersions.flatMap((version) => ['--api-versions', version]);
    const text = await runHelm(helm, [
      'template',
      release,
      this.path,
      '-n',
      'cars',
      '-f',
      file,
      '--kube-version',
      '1.34.0',
      ...apis,
      ...args,
    ]);
    return objectsIn(text);
  }

  dispose(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }
}

/** What a Helm writes. Rejects with Helm's words. */
export async function runHelm(helm: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(helm, args, { maxBuffer: 2 ** 26 }).catch((error: Error & { stderr?: string }) => {
    throw new Error(error.stderr ?? error.message);
  });
  return stdout;
}

/** The documents of a text of YAML, as Kubernetes reads it. */
export function objectsIn(text: string): KubernetesObject[] {
  return (loadAll(text, { schema: YAML11_SCHEMA }) as (KubernetesObject | null)[]).filter((object) => object !== null);
}

/** Objects by their kinds and names. */
export function byName(objects: readonly object[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    (objects as readonly KubernetesObject[]).map((object) => [`${object.kind}/${object.metadata.name}`, object]),
  );
}

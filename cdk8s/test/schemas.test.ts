/** What the chart makes, against Kubernetes' own schemas of several versions: with `kubeconform`, where there is one. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasProgram } from '@fleet/testkit';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { createFleet } from '../src/fleet-app.ts';

const CI = new URL('../../ci/', import.meta.url);

/** Where the schemas are, as kubeconform wants it; `default` is where its makers keep them. */
// biome-ignore lint/style/noProcessEnv: said to tests, not to the program
const SCHEMAS = process.env['FLEET_KUBERNETES_SCHEMAS'];
const VERSIONS = ['1.31.14', '1.34.4', '1.37.2'];
/** Kinds that Kubernetes itself does not know. */
const FOREIGN = 'ServiceMonitor,PrometheusRule,Certificate,HTTPRoute';

const isPossible = SCHEMAS !== undefined && hasProgram('kubeconform');

(isPossible ? describe : describe.skip)('with kubeconform (FLEET_KUBERNETES_SCHEMAS)', () => {
  test.each(VERSIONS)(
    'Kubernetes %s knows every field of every object, for each file of values and for plain manifests',
    async (version) => {
      const folder = mkdtempSync(join(tmpdir(), 'fleet-schemas-'));
      try {
        for (const file of readdirSync(CI)) {
          const values = (load(readFileSync(new URL(file, CI), 'utf8')) ?? {}) as Record<string, unknown>;
          for (const isPlain of [false, true]) {
            const release = { name: 'fleet', namespace: 'cars', revision: 1, service: 'Helm' };
            const { chart } = createFleet({ values, release, apiVersions: [], isPlain });
            const objects = [chart, ...chart.subcharts].flatMap((one) => one.toJson());
            for (const [index, object] of objects.entries())
              writeFileSync(join(folder, `${file}-${isPlain}-${index}.json`), JSON.stringify(object));
          }
        }
        const args = ['-strict', '-summary', '-skip', FOREIGN, '-kubernetes-version', version];
        const location = ['-schema-location', SCHEMAS ?? ''];
        const { stdout } = await promisify(execFile)('kubeconform', [...args, ...location, folder]);

        expect(stdout).toMatch(/Valid: [1-9]\d{2,}, Invalid: 0, Errors: 0/);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    120_000,
  );
});

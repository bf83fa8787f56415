import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import type { KubernetesObject } from './helm.ts';
import { objectsIn } from './helm.ts';

const MAIN = new URL('../dist/main.js', import.meta.url).pathname;
const run = promisify(execFile);

/** The files of plain manifests for somebody's values, by their names. */
async function synth(values: object): Promise<Readonly<Record<string, string>>> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-plain-'));
  try {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, JSON.stringify(values));
    const out = join(folder, 'out');
    await run(process.execPath, [MAIN], {
      env: { FLEET_VALUES: file, FLEET_NAMESPACE: 'cars', FLEET_RELEASE: 'garage', CDK8S_OUTDIR: out },
    });
    return Object.fromEntries(readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const EVERYTHING = {
  simulator: { enabled: true },
  influxdb: { backup: { enabled: true } },
  global: { secrets: { generate: true } },
};

test('plain manifests have a namespace, no hooks, no tests, and no secret but by name', async () => {
  const objects = Object.values(await synth(EVERYTHING)).flatMap((text) => objectsIn(text));
  const secrets = objects.filter(({ kind }) => kind === 'Secret');

  expect(objects.length).toBeGreaterThan(40);
  expect(new Set(objects.map(({ metadata }) => metadata['namespace']))).toEqual(new Set(['cars']));
  expect(secrets.map(({ metadata, data }) => [metadata.name, data])).toEqual([['garage-influxdb-tokens', undefined]]);
  expect(objects.filter(isForHelm)).toEqual([]);
});

test('two runs write the same, byte for byte', async () => {
  expect(await synth(EVERYTHING)).toEqual(await synth(EVERYTHING));
});

test('values that do not go together are refused with what to do', async () => {
  await expect(synth({ influxdb: { enabled: false } })).rejects.toThrow(/there is no InfluxDB: set influxdb.enabled/);
});

test('thresholds of alerts are values, and those that nobody gives are as declared', async () => {
  const values = { grafana: { alerting: { thresholds: { coolantHot: 95.5 } } } };
  const objects = Object.values(await synth(values)).flatMap((text) => objectsIn(text));
  const [file] = objects.flatMap(({ data }) => (data as Record<string, string>)?.['rules-vehicles.json'] ?? []);
  const rules: { uid: string; data: { refId: string; model: { conditions: unknown } }[] }[] = JSON.parse(file ?? '')
    .groups[0].rules;
  const conditions = rules.map(({ uid, data }) => [uid, data.find(({ refId }) => refId === 'C')?.model.conditions]);

  expect(Object.fromEntries(conditions)).toMatchObject({
    'fleet-coolant-hot': [{ evaluator: { type: 'gt', params: [95.5] } }],
    'fleet-battery-resting-low': [{ evaluator: { type: 'lt', params: [12.2] } }],
  });
  expect(file).not.toMatch(/"@/);
});

function isForHelm({ kind, metadata }: KubernetesObject): boolean {
  return kind === 'Pod' || JSON.stringify(metadata['annotations'] ?? {}).includes('helm.sh/hook');
}

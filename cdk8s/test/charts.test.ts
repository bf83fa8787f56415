import { describe, test } from '@jest/globals';
import { UMBRELLA_VALUES } from '../src/charts/umbrella.ts';
import { createFleet } from '../src/fleet-app.ts';
import { defaultsOf, overlaid, type ValuesOf } from '../src/helm/values.ts';
import { expectBothEndsEqual } from './both-ends.ts';
import { HELMS } from './helm.ts';

// biome-ignore lint/style/noProcessEnv: how long is said to tests, not to the program
const RUNS = Number(process.env['FLEET_CHART_RUNS'] ?? 50);

/** Drawn one by one, hardly any values would pass the guards: half of them are made to. */
function amended(values: Record<string, unknown>): Record<string, unknown> {
  if (JSON.stringify(values).length % 2 === 0) return values;
  const drawn = overlaid(defaultsOf(UMBRELLA_VALUES), values) as ValuesOf<typeof UMBRELLA_VALUES>;
  const { api, global, influxdb, mosquitto } = drawn;
  const isFolder = api.store === 'sqlite';
  return overlaid(values, {
    global: {
      influxdb: influxdb.enabled ? { url: '' } : { url: 'http://other', existingSecret: 'tokens' },
      mqtt: mosquitto.enabled
        ? { url: '' }
        : { url: 'mqtt://other', existingSecret: global.mqtt.existingSecret || 'mqtt' },
    },
    api: isFolder ? { replicas: 1, autoscaling: { enabled: false } } : {},
  }) as Record<string, unknown>;
}

describe.each(HELMS)('with $name', ({ name, isThere }) => {
  const whatever = 'whatever the values, the chart and the plain manifests hold the same objects';
  (isThere ? test : test.skip)(
    whatever,
    async () => {
      await expectBothEndsEqual({ chart: createFleet().chart, helm: name, apiVersions: [], runs: RUNS, amended });
    },
    RUNS * 4_000,
  );
});

import { describe, expect, test } from '@jest/globals';
import { chartFiles } from '../src/helm/chart-files.ts';
import { expectBothEndsEqual } from './both-ends.ts';
import { HELMS } from './helm.ts';
import { sampleChart } from './sample-chart.ts';

// biome-ignore lint/style/noProcessEnv: how long is said to tests, not to the program
const RUNS = Number(process.env['FLEET_CHART_RUNS'] ?? 50);

describe.each(HELMS)('with $name', ({ name, isThere }) => {
  const whatever = 'whatever the values, templates and evaluation make the same objects';
  (isThere ? test : test.skip)(
    whatever,
    async () => {
      await expectBothEndsEqual({ chart: sampleChart(), helm: name, apiVersions: ['example.org/v1'], runs: RUNS });
    },
    RUNS * 2_000,
  );
});

test('a chart looks as if it was written by hand', () => {
  const files = chartFiles(sampleChart()).filter(({ path }) => !path.includes('charts/'));
  expect(Object.fromEntries(files.map(({ path, text }) => [path, text]))).toMatchSnapshot();
});

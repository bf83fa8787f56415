/** Holds the two back ends equal: what Helm makes of a chart, and what is worked out here. */
import { expect } from '@jest/globals';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { chartFiles } from '../src/helm/chart-files.ts';
import type { HelmChart } from '../src/helm/helm-chart.ts';
import { defaultsOf, overlaid } from '../src/helm/values.ts';
import { valuesSchema } from '../src/helm/values-schema.ts';
import { arbitraryValues } from './arbitrary-values.ts';
import { byName, ChartFolder, type KubernetesObject } from './helm.ts';

/** What is tried besides values. */
export interface Attempt {
  readonly values: Record<string, unknown>;
  readonly release: string;
  readonly apiVersions: readonly string[];
}

export interface BothEndsOptions {
  readonly chart: HelmChart;
  readonly helm: string;
  readonly apiVersions: readonly string[];
  /** How many sets of values. */
  readonly runs: number;
  /** Makes values go together that were drawn one by one. @default they need not */
  readonly amended?: (values: Record<string, unknown>) => Record<string, unknown>;
}

const RELEASES = ['fleet', 'a', 'my-fleet.prod', `long-${'x'.repeat(47)}x`];

/** Fails with the first set of values for which the two differ. */
export async function expectBothEndsEqual(options: BothEndsOptions): Promise<void> {
  const { chart, helm, apiVersions, runs, amended = (values) => values } = options;
  const folder = new ChartFolder(chartFiles(chart));
  const validate = new Ajv({ strict: false }).compile(valuesSchema(chart.values));
  const attempts = fc.record<Attempt>({
    values: arbitraryValues(chart.values).map(amended),
    release: fc.constantFrom(...RELEASES),
    apiVersions: fc.subarray([...apiVersions]),
  });
  try {
    await fc.assert(
      fc.asyncProperty(attempts, async (attempt) => {
        const isValid = validate(overlaid(defaultsOf(chart.values), attempt.values));
        if (!isValid) throw new Error(`drawn values are none of the chart: ${JSON.stringify(validate.errors)}`);
        expect(await fromHelm(folder, helm, attempt)).toEqual(fromHere(chart, attempt));
      }),
      { numRuns: runs, endOnFailure: true },
    );
  } finally {
    folder.dispose();
  }
}

async function fromHelm(
  folder: ChartFolder,
  helm: string,
  { values, release, apiVersions }: Attempt,
): Promise<unknown> {
  try {
    return byName((await folder.template(helm, { release, values, apiVersions })).map(withoutChance));
  } catch (error) {
    return refusal(error as Error);
  }
}

/** What is made by chance is another one each time. */
function withoutChance(object: KubernetesObject): KubernetesObject {
  const { kind, data } = object;
  if (kind !== 'Secret' || data === undefined) return object;
  return { ...object, data: Object.fromEntries(Object.keys(data as object).map((key) => [key, ''])) };
}

function fromHere(chart: HelmChart, { values, release, apiVersions }: Attempt): unknown {
  chart.rendering = {
    values,
    apiVersions,
    release: { name: release, namespace: 'cars', revision: 1, service: 'Helm' },
    isPlain: false,
  };
  try {
    return byName([chart, ...chart.subcharts].flatMap((one) => one.toJson()));
  } catch (error) {
    return refusal(error as Error);
  }
}

/** Which of several reasons is told is nobody's business; that it is a reason of the chart is. */
function refusal({ message }: Error): string {
  return /execution error at/.test(message) || !message.includes('Error:') ? 'refused' : message;
}

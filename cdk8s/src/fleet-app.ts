/** The chart of Fleet Telemetry as a cdk8s app. */
import { App, YamlOutputType } from 'cdk8s';
import { UMBRELLA_VALUES, Umbrella } from './charts/umbrella.ts';
import type { ChartFile } from './helm/chart-files.ts';
import { chartFiles } from './helm/chart-files.ts';
import type { Rendering } from './helm/helm-chart.ts';
import { valuesSections } from './helm/values-page.ts';
import { HELMIGNORE } from './helmignore.ts';

/** Every file of the chart, by its path in the repository. */
export function fleetChartFiles(): ChartFile[] {
  return [...chartFiles(createFleet().chart), { path: '.helmignore', text: HELMIGNORE }];
}

/** The values of the chart, for people. */
export function fleetValuesSections(): string[] {
  return valuesSections(UMBRELLA_VALUES);
}

/** The app, for plain manifests: a file for each object. */
export function createFleet(rendering?: Rendering, outdir?: string): { readonly app: App; readonly chart: Umbrella } {
  const app = new App({
    outputFileExtension: '.yaml',
    yamlOutputType: YamlOutputType.FILE_PER_RESOURCE,
    ...(outdir !== undefined && { outdir }),
  });
  const chart = new Umbrella(app, 'fleet');
  chart.rendering = rendering;
  return { app, chart };
}

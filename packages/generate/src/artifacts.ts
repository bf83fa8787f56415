/** Every generated file of the repository. */
import { CONFIG_SPEC } from '@fleet/api/config-spec';
import { describeApi } from '@fleet/api/http/description';
import { fleetChartFiles } from '@fleet/cdk8s/fleet-app';
import { EVENT_SCHEMA, MANIFEST_SCHEMA } from '@fleet/contract';
import { alertingFiles, DASHBOARDS } from '@fleet/dashboards';
import { CONFIG_SPEC as EDGE_CONFIG_SPEC } from '@fleet/edge/config-spec';
import { alertsPage } from './alerts-page.ts';
import type { Artifact } from './artifact.ts';
import { benchmarksPage } from './benchmarks-page.ts';
import { configurationPage, edgeConfigurationPage } from './configuration-page.ts';
import { problemsPage } from './problems-page.ts';
import { reliabilityPage } from './reliability-page.ts';
import { signalsPage } from './signals-page.ts';
import { valuesPage } from './values-page.ts';

/** Folders in which there is nothing else. */
export const GENERATED_FOLDERS = ['charts', 'templates'];

export function allArtifacts(): Artifact[] {
  return [
    { path: 'packages/contract/schemas/event.v1.json', text: json(EVENT_SCHEMA) },
    { path: 'packages/contract/schemas/manifest.v1.json', text: json(MANIFEST_SCHEMA) },
    { path: 'docs/openapi.json', text: json(describeApi()) },
    { path: 'docs/configuration.md', text: configurationPage(CONFIG_SPEC) },
    { path: 'docs/edge-configuration.md', text: edgeConfigurationPage(EDGE_CONFIG_SPEC) },
    { path: 'docs/signals.md', text: signalsPage() },
    { path: 'docs/problems.md', text: problemsPage() },
    { path: 'docs/reliability.md', text: reliabilityPage() },
    { path: 'docs/benchmarks.md', text: benchmarksPage() },
    { path: 'docs/alerts.md', text: alertsPage() },
    ...Object.entries(alertingFiles()).map(([name, file]) => ({
      path: `dashboards/alerting/${name}`,
      text: json(file),
    })),
    ...DASHBOARDS.map((dashboard) => ({ path: `dashboards/${dashboard.uid}.json`, text: json(dashboard) })),
    { path: 'docs/values.md', text: valuesPage() },
    ...fleetChartFiles(),
  ];
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * What a dashboard or a rule has to be, checked on the JSON that Grafana reads: some of it is taste, most of it is what
 * Grafana refuses or shows wrongly without a word. Each check answers with what is wrong, in words.
 */
import { isSignalName } from '@fleet/contract';
import { TRIP_COLUMNS, VEHICLE_COLUMNS } from '../src/columns.ts';

/** JSON as it is read, without knowing of any type. */
export interface Json {
  readonly [name: string]: unknown;
}

/** What is read of a dashboard. */
export interface DashboardJson extends Json {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly PanelJson[];
  readonly templating: { readonly list: readonly Json[] };
}

export interface PanelJson extends Json {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly query?: string; readonly expr?: string; readonly datasource: Json }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}

/** Panels that need no unit, since they show no number of their own. */
const WITHOUT_UNIT = ['alertlist', 'text'];
/** Kinds that Grafana took out or replaced. */
const DEPRECATED = ['graph', 'singlestat', 'table-old', 'worldmap', 'grafana-worldmap-panel', 'grafana-piechart-panel'];
const ENVELOPE = ['seq', 'source', 'dtcs'];
const DOCUMENT_FIELDS = ['deleted', 'at', 'body0', 'reason'];

/** Everything that is wrong with a dashboard among all. */
export function faultsOf(dashboard: DashboardJson, all: readonly DashboardJson[]): string[] {
  return [
    ...uidFaults(dashboard, all),
    ...dashboard.panels.flatMap((panel) => panelFaults(panel).map((fault) => `${panel.title}: ${fault}`)),
    ...titleFaults(dashboard.panels),
    ...overlapFaults(dashboard.panels),
    ...linkFaults(dashboard, all),
    ...sourceFaults(dashboard),
    ...queriesOf(dashboard).flatMap(({ where, query }) => queryFaults(query).map((fault) => `${where}: ${fault}`)),
    ...variableFaults(dashboard),
  ];
}

function uidFaults({ uid }: DashboardJson, all: readonly DashboardJson[]): string[] {
  return [
    ...(/^fleet-[a-z]{1,34}$/.test(uid) ? [] : [`the uid ${uid} is not fleet-… of at most 40 letters`]),
    ...(all.filter((other) => other.uid === uid).length === 1 ? [] : [`the uid ${uid} is there twice`]),
  ];
}

function panelFaults({ type, title, description, fieldConfig }: PanelJson): string[] {
  const unit = fieldConfig?.defaults.unit;
  return [
    ...(title ? [] : ['no title']),
    ...(description && /[.]$/.test(description) ? [] : ['no description, or no sentence']),
    ...(unit || WITHOUT_UNIT.includes(type) ? [] : ['no unit']),
    ...(DEPRECATED.includes(type) ? [`the kind ${type} is deprecated`] : []),
  ];
}

function titleFaults(panels: readonly PanelJson[]): string[] {
  const titles = panels.map(({ title }) => title);
  return titles.filter((title, at) => titles.indexOf(title) < at).map((title) => `two panels are called ${title}`);
}

function overlapFaults(panels: readonly PanelJson[]): string[] {
  const apart = ({ gridPos: a }: PanelJson, { gridPos: b }: PanelJson) =>
    a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
  const wide = panels.filter(({ gridPos: { x, w } }) => x + w > 24).map(({ title }) => `${title} is too wide`);
  const pairs = panels.flatMap((a, at) => panels.slice(at + 1).map((b) => [a, b] as const));
  return [...wide, ...pairs.filter(([a, b]) => !apart(a, b)).map(([a, b]) => `${a.title} lies over ${b.title}`)];
}

/** Links within Grafana lead to dashboards that are there, with variables that those have. */
function linkFaults(dashboard: DashboardJson, all: readonly DashboardJson[]): string[] {
  const urls = [...JSON.stringify(dashboard).matchAll(/"url":"([^"]*)"/g)].map(([, url = '']) => url);
  return urls.flatMap((url) => {
    const [, uid] = /^\/d\/([^?/]+)/.exec(url) ?? [];
    const target = all.find((other) => other.uid === uid);
    if (target === undefined) return [`the link ${url} leads nowhere`];
    const known = target.templating.list.map(({ name }) => name);
    const asked = [...url.matchAll(/var-(\w+)=/g)].map(([, name]) => name);
    return asked.filter((name) => !known.includes(name)).map((name) => `the link ${url} sets ${name}, which is none`);
  });
}

/** Data sources are variables, and declared ones. */
function sourceFaults(dashboard: DashboardJson): string[] {
  const variables = dashboard.templating.list
    .filter(({ type }) => type === 'datasource')
    .map(({ name }) => `\${${name}}`);
  const uids = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ datasource }) => `${datasource['uid']}`));
  return [...new Set(uids)].filter((uid) => !variables.includes(uid)).map((uid) => `the data source ${uid} is fixed`);
}

/** Variables in queries are declared, or Grafana's own. */
function variableFaults(dashboard: DashboardJson): string[] {
  const known = dashboard.templating.list.map(({ name }) => name);
  const used = queriesOf(dashboard).flatMap(({ query }) =>
    [...query.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name),
  );
  const unknown = used.filter((name) => !name.startsWith('__') && !known.includes(name));
  return [...new Set(unknown)].map((name) => `the variable ${name} is not declared`);
}

/** What is wrong with a query in Flux: of unknown fields, without bounds, or with words that Grafana would replace. */
export function queryFaults(query: string): string[] {
  const fields = [...query.matchAll(/_field == "([^"]+)"/g)].map(([, name = '']) => name);
  const unknown = fields.filter((name) => !isStored(name));
  const measurements = query.match(/_measurement ==/g)?.length ?? 0;
  const froms = query.match(/from\(bucket:/g)?.length ?? 0;
  const isBounded = /aggregateWindow|\|> (?:last|limit|count|sum|mean|max|min|reduce)\(|"vehicle"|cardinality/.test(
    query,
  );
  return [
    ...unknown.map((name) => `${name} is no field`),
    ...(froms === measurements && froms === (query.match(/\|> range\(start:/g)?.length ?? 0) ? [] : ['no range']),
    ...(isBounded ? [] : ['raw events without a bound']),
    ...(/\bjoin\.\w+\(/.test(query) ? ['a join, which fails where one side is empty'] : []),
    ...(/bucket: (?!v\.defaultBucket)/.test(query) ? ['a bucket by its name'] : []),
    ...(/\b(?!v\.)[a-zA-Z]+\.(?:bucket|defaultBucket|organization|windowPeriod)\b/.test(query)
      ? ['a column that Grafana takes for one of its own variables']
      : []),
  ];
}

function isStored(name: string): boolean {
  const known = [...ENVELOPE, ...DOCUMENT_FIELDS, ...Object.keys(TRIP_COLUMNS), ...Object.keys(VEHICLE_COLUMNS)];
  return isSignalName(name) || known.includes(name);
}

/** All queries in Flux of a dashboard, those of variables too, and where each is. */
export function queriesOf(dashboard: DashboardJson): { readonly where: string; readonly query: string }[] {
  const ofPanels = dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.flatMap(({ query }) => (query === undefined ? [] : [{ where: title, query }])),
  );
  const ofVariables = dashboard.templating.list
    .filter(({ type }) => type === 'query')
    .map(({ name, query }) => ({ where: `variable ${name}`, query: `${query}` }));
  return [...ofPanels, ...ofVariables];
}

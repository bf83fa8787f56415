/** Panels as the committed files have them, and their queries asked as Grafana would. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { askFlux, type Frame, type InfluxAccess, interpolateFlux, type QueryContext } from '@fleet/testkit';
import { type DashboardJson, queriesOf } from './rules.ts';

const FOLDER = fileURLToPath(new URL('../', import.meta.url));

/** Every dashboard, by its uid. */
export const FILES: ReadonlyMap<string, DashboardJson> = new Map(
  readdirSync(FOLDER)
    .filter((name) => /^fleet-.*\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(`${FOLDER}${name}`, 'utf8')) as DashboardJson)
    .map((dashboard) => [dashboard.uid, dashboard]),
);

/** What somebody looks at. */
export type View = Omit<QueryContext, 'bucket' | 'variables'> & {
  readonly vehicles: readonly string[];
  readonly timeZone?: string;
};

const known = new WeakMap<View, Map<string, Promise<Record<string, readonly string[]>>>>();

/** What a view has chosen on a dashboard: found out once. */
function variablesOf(access: InfluxAccess, dashboard: DashboardJson, view: View) {
  const ofView = known.get(view) ?? new Map();
  known.set(view, ofView);
  const found = ofView.get(dashboard.uid) ?? findVariables(access, dashboard, view);
  ofView.set(dashboard.uid, found);
  return found;
}

/** The choice of vehicles, and the names that the dashboard's own variable finds for them. */
async function findVariables(access: InfluxAccess, dashboard: DashboardJson, view: View) {
  const chosen = { vehicle: view.vehicles, __timezone: [view.timeZone ?? 'utc'] };
  const query = queriesOf(dashboard).find(({ where }) => where === 'variable names')?.query ?? '';
  const frames = await askFlux(access, interpolateFlux(query, { ...view, bucket: access.bucket, variables: chosen }));
  return { ...chosen, names: frames.flatMap(({ rows }) => rows.map(({ _value }) => `${_value}`)) };
}

/** The frames of a panel, or of a variable (`variable vehicle`). Throws what Grafana would refuse. */
export async function look(access: InfluxAccess, uid: string, where: string, view: View): Promise<Frame[]> {
  const dashboard = FILES.get(uid);
  const query = dashboard && queriesOf(dashboard).find((each) => each.where === where)?.query;
  if (dashboard === undefined || query === undefined) throw new Error(`${uid} has no ${where}`);
  const variables = await variablesOf(access, dashboard, view);
  const frames = await askFlux(access, interpolateFlux(query, { ...view, bucket: access.bucket, variables }));
  const long = frames.find(({ rows }) => rows.length > 10 * view.maxDataPoints);
  if (long !== undefined) throw new Error(`${uid} ${where}: ${long.rows.length} points, which Grafana refuses`);
  return frames;
}

/** The rows of all frames. */
export async function rows(...of: Parameters<typeof look>) {
  return (await look(...of)).flatMap((frame) => frame.rows);
}

/** Every query of every dashboard. */
export const QUERIES = [...FILES.values()].flatMap((dashboard) =>
  queriesOf(dashboard).map(({ where }) => ({ uid: dashboard.uid, where })),
);

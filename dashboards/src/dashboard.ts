/** What every dashboard has: its uid, the variables of queries, links to the others, panels with numbers. */
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { INFLUXDB, INFLUXDB_UID, PROMETHEUS_UID } from './data-source.ts';
import { filter, flux, keep, map, vehicles } from './flux.ts';
import { placed } from './layout.ts';
import { variable } from './variable.ts';

/** All dashboards by their uids, which never change: bookmarks and links hold them. */
export const TITLES = {
  'fleet-overview': 'Fleet Overview',
  'fleet-trips': 'Trip Overview',
  'fleet-trip': 'Trip Detail',
  'fleet-live': 'Live Map',
  'fleet-engine': 'Engine Health',
  'fleet-driving': 'Driving',
  'fleet-quality': 'Data Quality',
  'fleet-system': 'System',
} as const;

export type DashboardUid = keyof typeof TITLES;

/** The tag by which the dashboards list each other. */
const TAG = 'fleet-telemetry';

export interface DashboardSpec {
  readonly uid: DashboardUid;
  readonly description: string;
  /** The time it opens with, from then to now. */
  readonly from: string;
  readonly refresh?: string;
  /** Whether it is for one vehicle or several; `none` where it asks Prometheus. */
  readonly choose: 'one' | 'several' | 'none';
  readonly panels: readonly Builder<Panel>[];
}

export function dashboard(spec: DashboardSpec): Dashboard {
  const { uid, description, from, refresh, choose, panels } = spec;
  // The SDK would rather have the newer format; files of this one are taken by every Grafana that is in use.
  const builder = new DashboardBuilder(TITLES[uid])
    .uid(uid)
    .description(description)
    .tags([TAG])
    .time({ from, to: 'now' })
    .refresh(refresh ?? '')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(linkToOthers())
    .variables(choose === 'none' ? [dataSource('prometheus')] : vehicleVariables(choose));
  for (const panel of panels) builder.withPanel(panel);
  const built = builder.build();
  return { ...built, id: null, version: 1, panels: placed((built.panels ?? []) as Panel[]) };
}

/** A link with the vehicle, and the time of a row: `from_ms` and `to_ms`. */
export function linkToTrip(): string {
  const [vehicle, from, to] = ['vin', 'from_ms.numeric', 'to_ms.numeric'].map(field);
  return `/d/fleet-trip?var-vehicle=${vehicle}&from=${from}&to=${to}`;
}

function field(name: string): string {
  return variable(`__data.fields.${name}`);
}

/** A link to another dashboard with the row's vehicle. */
export function linkToVehicle(uid: DashboardUid): string {
  return `/d/${uid}?var-vehicle=${field('vin')}`;
}

function linkToOthers() {
  return new DashboardLinkBuilder('Fleet Telemetry')
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(false);
}

/** The vehicles, and the names under which their events lie: those before an alias was made still have the alias. */
function vehicleVariables(choose: 'one' | 'several') {
  const several = choose === 'several';
  const vehicle = new QueryVariableBuilder('vehicle')
    .label('Vehicle')
    .description('Which vehicle; its name in the summaries')
    .datasource(INFLUXDB)
    .query(
      flux(
        vehicles(['last_ts'], { all: true }),
        '  |> sort(columns: ["vin"])',
        map({ _value: 'r.vin' }),
        keep('_value'),
      ),
    )
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(several)
    .includeAll(several);
  const names = new QueryVariableBuilder('names')
    .label('Names')
    .description('Every name that the vehicle ever had')
    .datasource(INFLUXDB)
    .query(flux(vehicles(['names']), filter('exists r.names'), map({ _value: 'r.names' }), keep('_value')))
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .hide(VariableHide.HideVariable)
    .multi(true)
    .includeAll(true)
    .current({ selected: true, text: ['All'], value: [ALL] });
  const all = { selected: true, text: ['All'], value: [ALL] };
  return [dataSource('influxdb'), several ? vehicle.current(all) : vehicle, names];
}

/** What Grafana calls the choice of all. */
const ALL = '$__all';

function dataSource(type: 'influxdb' | 'prometheus') {
  const [name, uid] = type === 'influxdb' ? ['datasource', INFLUXDB_UID] : ['prometheus', PROMETHEUS_UID];
  return new DatasourceVariableBuilder(name)
    .label('Data source')
    .description('Where the events are')
    .type(type)
    .current({ selected: true, text: uid, value: uid });
}

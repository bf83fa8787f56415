/**
 * An alert as a row of a table, and as Grafana's file of rules has it: a query by vehicle (A), its last number (B), a
 * threshold (C). Beside them queries for the message only: where the vehicle is, and when its trip began.
 */
import { INFLUXDB_UID, PROMETHEUS_UID } from '../data-source.ts';
import { filter, flux, group, keep, map, vehicles } from '../flux.ts';
import { orNobody } from './questions.ts';

/** One alert. */
export interface Alert {
  /** Part of its uid, which never changes. */
  readonly id: string;
  readonly title: string;
  readonly severity: 'critical' | 'warning' | 'info';
  /** Flux whose only table has text columns (the labels) and one number, `_value`; or PromQL. */
  readonly ask: { readonly flux: string } | { readonly promql: string };
  /** How far back the query looks, seconds. */
  readonly lookBackS: number;
  /** When it is bad: above, or below a number; with the unit as people write it. */
  readonly when: { readonly is: 'gt' | 'lt'; readonly than: number; readonly unit: string };
  /** How long that has to last; `0s` for what is over in an instant. */
  readonly for: string;
  /** How long an instant is kept, so that somebody sees it. */
  readonly keepFiringFor?: string;
  /** Other numbers that the message says of vehicles that have them, in Flux by their names. */
  readonly beside?: Readonly<Record<string, string>>;
  /** One line, in Grafana's templates. */
  readonly summary: string;
  /** What to do, for people. */
  readonly todo: string;
}

const EXPRESSION = '__expr__';

/** The rule as a provisioning file has it; whoever makes a template of that puts something else where the threshold is. */
export function toRule(alert: Alert, threshold: number | string = alert.when.than) {
  const { id, title, severity, ask, lookBackS, when } = alert;
  const isVehicle = 'flux' in ask;
  const query = isVehicle ? fluxData('A', ask.flux, lookBackS) : promData(ask.promql, lookBackS);
  return {
    uid: `fleet-${id}`,
    title,
    condition: 'C',
    for: alert.for,
    ...(alert.keepFiringFor !== undefined && { keepFiringFor: alert.keepFiringFor }),
    noDataState: 'OK',
    execErrState: 'Error',
    isPaused: false,
    labels: { severity },
    annotations: { summary: alert.summary, description: isVehicle ? `${alert.todo}${PLACE}` : alert.todo },
    data: [
      query,
      expression({ refId: 'B', type: 'reduce', expression: 'A', reducer: 'last', settings: { mode: 'dropNN' } }),
      expression({
        refId: 'C',
        type: 'threshold',
        expression: 'B',
        conditions: [{ evaluator: { type: when.is, params: [threshold] } }],
      }),
      ...(isVehicle ? MESSAGE_QUERIES : []),
      ...Object.entries(alert.beside ?? {}).map(([refId, query]) => fluxData(refId, orNobody(query), lookBackS)),
    ],
  };
}

export type Rule = ReturnType<typeof toRule>;

/** A number of each vehicle's summary. */
function newestOf(column: 'lat' | 'lon' | 'trip_from'): string {
  return flux(
    vehicles([column], { all: true }),
    filter(`exists r.${column}`),
    map({ _value: `float(v: r.${column})` }),
    keep('vin', '_value'),
    group(),
  );
}

const MESSAGE_QUERIES = [
  fluxData('LAT', orNobody(newestOf('lat')), 600),
  fluxData('LON', orNobody(newestOf('lon')), 600),
  fluxData('FROM', orNobody(newestOf('trip_from')), 600),
];

/** Where it is, if anyone knows, and the newest trip in Grafana. Without a dollar sign, which provisioning would expand. */
const PLACE = [
  '{{ if .Values.LAT.Labels.vin }}\nhttps://www.openstreetmap.org/?mlat={{ printf "%.5f" .Values.LAT.Value }}',
  '&mlon={{ printf "%.5f" .Values.LON.Value }}{{ end }}',
  '\n{{ reReplaceAll "/+\\\\z" "" externalURL }}/d/fleet-trip?var-vehicle={{ .Labels.vin }}',
  '&from={{ printf "%.0f" .Values.FROM.Value }}&to=now',
].join('');

function fluxData(refId: string, query: string, from: number) {
  return data(refId, INFLUXDB_UID, from, { query, datasource: { type: 'influxdb', uid: INFLUXDB_UID } });
}

function promData(expr: string, from: number) {
  const model = { expr, instant: true, range: false, datasource: { type: 'prometheus', uid: PROMETHEUS_UID } };
  return data('A', PROMETHEUS_UID, from, model);
}

function expression(model: { readonly refId: string; readonly [name: string]: unknown }) {
  return data(model.refId, EXPRESSION, 0, { ...model, datasource: { type: EXPRESSION, uid: EXPRESSION } });
}

/** A query of a rule. Points and steps are what Grafana itself asks with. */
function data(refId: string, datasourceUid: string, from: number, model: Readonly<Record<string, unknown>>) {
  return {
    refId,
    relativeTimeRange: { from, to: 0 },
    datasourceUid,
    model: { refId, intervalMs: 1_000, maxDataPoints: 43_200, ...model },
  };
}

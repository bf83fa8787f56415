/** Where queries go: to the data source that a dashboard's variable names; alerts to the one that is provisioned. */
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { variable } from './variable.ts';

/** The uids under which data sources are provisioned: alerts have no variables. */
export const INFLUXDB_UID = 'fleet-influxdb';
export const PROMETHEUS_UID = 'fleet-prometheus';

/** A data source's kind, and the variable that chooses one. */
export interface DataSource {
  readonly type: 'influxdb' | 'prometheus';
  readonly uid: string;
}

export const INFLUXDB: DataSource = { type: 'influxdb', uid: variable('datasource') };
export const PROMETHEUS: DataSource = { type: 'prometheus', uid: variable('prometheus') };

/** A query in Flux. */
export interface FluxQuery extends Dataquery {
  readonly refId: string;
  readonly datasource: DataSource;
  readonly query: string;
}

/** A query in PromQL; `instant` for the newest value only. */
export interface PromQuery extends Dataquery {
  readonly refId: string;
  readonly datasource: DataSource;
  readonly expr: string;
  readonly legendFormat: string;
  readonly instant: boolean;
  readonly range: boolean;
}

export type Query = FluxQuery | PromQuery;

export function fluxQuery(query: string, refId = 'A'): Builder<FluxQuery> {
  return built({ refId, datasource: INFLUXDB, query });
}

export function promQuery(expr: string, legendFormat: string, refId = 'A', instant = false): Builder<PromQuery> {
  return built({ refId, datasource: PROMETHEUS, expr, legendFormat, instant, range: !instant });
}

/** The SDK marks queries by a method that JSON does not have; ours is not listed among an object's own members. */
function built<Q extends object>(query: Q): Builder<Q & Dataquery> {
  const marked = Object.defineProperty({ ...query }, '_implementsDataqueryVariant', { value: () => {} });
  return { build: () => marked as Q & Dataquery };
}

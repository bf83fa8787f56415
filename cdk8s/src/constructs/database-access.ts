/** How pods of Fleet Telemetry reach InfluxDB: its address from a ConfigMap, their token from a file. */
import type { EnvFromSource, VolumeProjection } from 'kubernetes-types/core/v1.js';
import type { NetworkPolicyEgressRule } from 'kubernetes-types/networking/v1.js';
import { type Fields, type When, when } from '../helm/template.ts';
import { hasOtherInfluxdb, nameOf, TOKENS_SECRET } from './global-values.ts';
import { toAnywhere, toComponent } from './walls.ts';

/** InfluxDB's port in the chart. */
export const INFLUXDB_PORT = 8086;

/** Where secrets and files of settings are in pods. */
export const SECRETS_FOLDER = '/etc/fleet';

/** Where InfluxDB is: `templates/connections.yaml` of the umbrella makes it. */
export const INFLUXDB_CONNECTION: Fields<EnvFromSource> = { configMapRef: { name: nameOf('influxdb-connection') } };

/** A token, as soon as it is made: the setup Job may come later than the pods. */
export function tokenFile(key: string): Fields<VolumeProjection> {
  return { secret: { name: TOKENS_SECRET, optional: true, items: [{ key, path: key }] } };
}

/** The way to InfluxDB, the chart's own or another. */
export function toInfluxdb(): When<Fields<NetworkPolicyEgressRule>> {
  return when(hasOtherInfluxdb, toAnywhere(80, 443, INFLUXDB_PORT), toComponent('influxdb', INFLUXDB_PORT));
}

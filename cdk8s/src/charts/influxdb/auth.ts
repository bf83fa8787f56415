/** Who may do everything in InfluxDB. */
import { nameOf } from '../../constructs/global-values.ts';
import { defineBare } from '../../helm/definition.ts';
import { choose } from '../../helm/text.ts';
import { influxdb } from './values.ts';

const { existingSecret } = influxdb.auth;

/** The Secret that says it. */
export const AUTH_SECRET = defineBare(
  'fleet.influxdb.authSecret',
  choose(existingSecret, existingSecret, nameOf('influxdb-auth')),
);

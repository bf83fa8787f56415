/** Where the broker's files are. */
import { nameOf } from '../../constructs/global-values.ts';
import { defineBare } from '../../helm/definition.ts';
import { or } from '../../helm/operators.ts';
import { choose } from '../../helm/text.ts';
import { mosquitto } from './values.ts';

export const FOLDERS = {
  accounts: '/mosquitto/accounts',
  data: '/mosquitto/data',
  tls: '/mosquitto/tls',
  config: '/mosquitto/config',
};

const { existingSecret, certificate } = mosquitto.tls;

/** Whether cars may come with TLS. */
export const hasTls = or(existingSecret, certificate.enabled);

export const TLS_SECRET = defineBare(
  'fleet.mosquitto.tlsSecret',
  choose(existingSecret, existingSecret, nameOf('mosquitto-tls')),
);

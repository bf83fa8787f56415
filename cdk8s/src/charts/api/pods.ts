/** What the pods of the API, of the bridge and of its jobs have in common. */
import type { Container, Volume, VolumeProjection } from 'kubernetes-types/core/v1.js';
import { INFLUXDB_CONNECTION, SECRETS_FOLDER, tokenFile } from '../../constructs/database-access.ts';
import { IMAGE, nameOf, shared } from '../../constructs/global-values.ts';
import { GROUP_READS, mount, scratch } from '../../constructs/pod.ts';
import { defineBare } from '../../helm/definition.ts';
import { equals, json, sha256 } from '../../helm/operators.ts';
import { type Fields, optional, when } from '../../helm/template.ts';
import { choose } from '../../helm/text.ts';
import { valueRef } from '../../helm/values.ts';
import { api } from './values.ts';

/** Whether processes share a store. */
export const isShared = equals(api.store, 'influxdb');
export const isFolder = equals(api.store, 'sqlite');

/** The Secret with the keys of whoever runs it all. */
export const AUTH_SECRET = defineBare(
  'fleet.apiSecret',
  choose(api.existingSecret, api.existingSecret, nameOf('api-auth')),
);

/** Pods are made anew when what they are told changes. */
export const SETTINGS_DIGEST = {
  'checksum/settings': sha256(json(valueRef('map', ['settings']))),
  'checksum/global': sha256(json(valueRef('map', ['global']))),
};

/** The token of InfluxDB as a file, and what else there is: all are read again when they change. */
export function secretsVolume(...more: readonly Fields<VolumeProjection>[]): Fields<Volume> {
  const sources = [...more, when(isShared, tokenFile('INFLUX_TOKEN'))];
  return { name: 'secrets', projected: { defaultMode: GROUP_READS, sources } };
}

/** A container of the image, with the settings of the server. */
export function serverContainer(name: string, command: readonly string[]) {
  return {
    name,
    image: IMAGE,
    imagePullPolicy: shared.image.pullPolicy,
    command,
    envFrom: [{ configMapRef: { name: nameOf('api') } }, when(isShared, INFLUXDB_CONNECTION)],
    env: optional(api.extraEnv),
    securityContext: api.securityContext,
    volumeMounts: [mount('secrets', SECRETS_FOLDER, true), mount('tmp', '/tmp')],
  } satisfies Fields<Container>;
}

/** Bodies of uploads pass through it. */
export const TMP = scratch('tmp', '1Gi');

/** Mosquitto's two files about who may do what, made from the keys. @see mosquitto.conf(5), mosquitto_passwd(1) */
import { STATUS_TOPIC, stateTopic, storedTopic, telemetryTopic } from '@fleet/contract';
import type { Directory } from '../../access/directory.ts';
import { mqttUserOf } from '../../access/key.ts';
import type { DeviceRecord } from '../../access/records.ts';
import type { TopicApp } from '../../formats/topic-format.ts';
import { birthTopic, type Grants, grantsOf, nameLevels } from '../../mqtt/grants.ts';

/** Somebody who may connect. */
export interface Account extends Grants {
  readonly user: string;
  /** As `mosquittoHash` makes it. */
  readonly hash: string;
}

/** What topics there are beside those of events. */
export interface Topics {
  readonly apps: readonly TopicApp[];
  /** The first level of Home Assistant's. */
  readonly prefix: string;
}

/** The accounts of a device: one for each key that holds now and has a hash. */
export function accountsOf(device: DeviceRecord, names: Directory, { apps, prefix }: Topics, now: number): Account[] {
  const grants = grantsOf(device, names, prefix);
  const levels = device.role === 'device' ? nameLevels(device.vehicles, names) : [];
  const appTopics = apps.flatMap(({ base }) => levels.map((level) => `${base}/${level}/#`));
  const publish = [...grants.publish, ...appTopics];
  return device.keys
    .filter(({ expires_at }) => expires_at === null || expires_at > now)
    .flatMap(({ sha256, mosquitto: hash }) =>
      hash === undefined ? [] : [{ user: mqttUserOf(sha256), hash, publish, read: grants.read }],
    );
}

/** The account of the server that subscribes. */
export function ownAccount(user: string, hash: string, { apps, prefix }: Topics): Account {
  const published = [storedTopic('+'), stateTopic('+'), STATUS_TOPIC, `${prefix}/device/+/config`];
  const read = [telemetryTopic('+'), ...apps.map(({ base }) => `${base}/#`), birthTopic(prefix)];
  return { user, hash, publish: published, read };
}

/** The file of `password_file`. */
export function passwordsText(accounts: readonly Account[]): string {
  return accounts.map(({ user, hash }) => `${user}:${hash}\n`).join('');
}

/** The file of `acl_file`. */
export function aclText(accounts: readonly Account[]): string {
  const blocks = accounts.map(({ user, publish, read }) => [
    `user ${user}`,
    ...publish.map((topic) => `topic write ${topic}`),
    ...read.map((topic) => `topic read ${topic}`),
  ]);
  return blocks.map((lines) => `${lines.join('\n')}\n`).join('\n');
}

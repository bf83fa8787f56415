/** The door of MQTT that the configuration asks for: the broker inside, or an existing one. What it needs is loaded then. */
import { readFileSync } from 'node:fs';
import { STATUS_TOPIC, telemetryTopic } from '@fleet/contract';
import type { Logger } from 'pino';
import type { FailedTries } from './access/failed-tries.ts';
import type { Principal } from './access/principal.ts';
import type { Config } from './config.ts';
import { parseApps, type TopicApp } from './formats/topic-format.ts';
import { RefusalLog } from './mqtt/embedded/refusal-log.ts';
import { type PublishRetained, States } from './mqtt/home-assistant/states.ts';
import { MessageTaker } from './mqtt/message-taker.ts';
import { type Publish, Receipts } from './mqtt/receipts.ts';
import { StartError } from './ports.ts';
import type { Services } from './services.ts';
import { VERSION } from './version.ts';

/** A door that is open. */
export interface MqttDoor {
  /** Where the broker inside listens; null where there is none. */
  readonly port: number | null;
  /** Takes nothing more in, acknowledges what becomes durable, says goodbye. */
  stop(): Promise<void>;
}

export interface MqttSurroundings {
  readonly services: Services;
  readonly failedTries: FailedTries;
  readonly onSeen: (principal: Principal) => void;
  readonly log: Logger;
}

const NO_DOOR: MqttDoor = { port: null, stop: async () => {} };

/** Opens it. Throws `StartError` in words for whoever started the program. */
export async function openMqtt(config: Config, surroundings: MqttSurroundings): Promise<MqttDoor> {
  const { MQTT_URL: url, MQTT_LISTEN: listener } = config;
  if (url !== undefined) return openBridge(config, url, surroundings);
  return listener === null ? NO_DOOR : openEmbedded(config, listener, surroundings);
}

async function openEmbedded(
  config: Config,
  listener: NonNullable<Config['MQTT_LISTEN']>,
  { services, failedTries, onSeen, log }: MqttSurroundings,
): Promise<MqttDoor> {
  const { EmbeddedBroker } = await import('./mqtt/embedded/embedded-broker.ts');
  const { Gate } = await import('./mqtt/embedded/gate.ts');
  const { Reception } = await import('./mqtt/embedded/reception.ts');
  const { HA_DISCOVERY_PREFIX: prefix } = config;
  const apps = appsOf(config);
  const publish: Publish = (topic, payload) => broker.publish(topic, payload);
  const { taker, receipts } = createTaker(services, apps, publish, log);
  const refusals = new RefusalLog(log);
  const reception = new Reception({
    gate: new Gate({ directory: services.directory, failedTries, onSeen, prefix }),
    taker,
    appTopics: apps.map(({ base }) => `${base}/#`),
    prefix,
    onRefused: (refusal) => refusals.note(refusal),
  });
  const options = { ...listener, tls: tlsOf(config), reception, onError: (err: Error) => log.error({ err }, 'mqtt') };
  const broker = await EmbeddedBroker.start(options).catch((error) => {
    throw new StartError(faultOf(error as NodeJS.ErrnoException, listener), { cause: error });
  });
  Object.assign(services.tallies.mqtt, { clients: () => broker.clients, waiting: () => reception.waiting });
  const states = statesOf(config, services, (topic, payload) => broker.publish(topic, payload, true));
  states?.start();
  states?.connected();
  return {
    port: broker.port,
    async stop() {
      await reception.close();
      await receipts.end();
      await states?.stop();
      await broker.stop();
    },
  };
}

async function openBridge(config: Config, url: URL, { services, log }: MqttSurroundings): Promise<MqttDoor> {
  const { Bridge } = await import('./mqtt/bridge/bridge.ts');
  const apps = appsOf(config);
  const publish: Publish = (topic, payload) => bridge.publish(topic, payload);
  const { taker, receipts } = createTaker(services, apps, publish, log);
  const states = statesOf(config, services, (topic, text) => bridge.publish(topic, text, true));
  const bridge = new Bridge({
    url,
    username: config.MQTT_USERNAME,
    password: config.MQTT_PASSWORD,
    ca: config.MQTT_CA_FILE === undefined ? undefined : readFileSync(config.MQTT_CA_FILE),
    clientId: config.MQTT_CLIENT_ID,
    will: states && { topic: STATUS_TOPIC, payload: 'offline' },
    filters: [
      telemetryTopic('+'),
      ...apps.flatMap(({ base, format }) => format.filters.map((each) => `${base}/${each}`)),
    ],
    taker,
    onConnected: () => {
      log.info({ broker: url.host }, 'mqtt: connected');
      states?.connected();
    },
    onLost: (error) => log.warn({ broker: url.host, reason: error?.message ?? 'it was closed' }, 'mqtt: not connected'),
  });
  Object.assign(services.tallies.mqtt, { isConnected: () => bridge.isConnected, waiting: () => bridge.waiting });
  bridge.start();
  states?.start();
  return {
    port: null,
    async stop() {
      await bridge.drain();
      await receipts.end();
      await states?.stop();
      await bridge.stop();
    },
  };
}

function createTaker(services: Services, apps: readonly TopicApp[], publish: Publish, log: Logger) {
  const receipts = new Receipts(publish);
  const onFailure = (err: unknown) => log.error({ err }, 'mqtt: a message could not be handled');
  return { receipts, taker: new MessageTaker({ services, apps, receipts, onFailure }) };
}

/** What tells how vehicles are, where that is wanted. */
function statesOf(config: Config, services: Services, publish: PublishRetained): States | undefined {
  if (!config.HA_DISCOVERY) return undefined;
  const { live, directory, publicUrl } = services;
  const origin = () => ({ version: VERSION, url: publicUrl() });
  return new States({ live, directory, publish, prefix: config.HA_DISCOVERY_PREFIX, origin });
}

function appsOf({ MQTT_APPS: setting }: Config): readonly TopicApp[] {
  const apps = parseApps(setting);
  return apps.ok ? apps.value : [];
}

function tlsOf({ MQTT_TLS_CERT_FILE: certFile, MQTT_TLS_KEY_FILE: keyFile }: Config) {
  return certFile === undefined || keyFile === undefined ? null : { certFile, keyFile };
}

function faultOf({ code, message }: NodeJS.ErrnoException, { host, port }: { host: string; port: number }): string {
  const words: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} is in use by another MQTT broker: set MQTT_URL to use that one, or another MQTT_LISTEN, or off`,
    EACCES: `port ${port} needs rights that this user does not have: set an MQTT_LISTEN with a port above 1023`,
    EADDRNOTAVAIL: `MQTT_LISTEN: ${host} is no address of this machine`,
    ENOTFOUND: `MQTT_LISTEN: ${host} is no address of this machine`,
  };
  return words[code ?? ''] ?? `MQTT_LISTEN: ${message}`;
}

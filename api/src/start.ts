/** Puts the server together from its configuration, and takes it apart again. Used by `main.ts` and by tests alike. */
import { setMaxListeners } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import proxyAddr from 'proxy-addr';
import { REFRESH_MS } from './access/directory.ts';
import { FailedTries } from './access/failed-tries.ts';
import type { Principal } from './access/principal.ts';
import { Sightings } from './access/sightings.ts';
import { type Config, trustOf } from './config.ts';
import { createServices, type ServerParts } from './create-services.ts';
import { createApp } from './http/app.ts';
import { Authenticator } from './http/authenticate.ts';
import { UNDO_MS } from './http/correction-routes.ts';
import { mapSettingsOf } from './http/map-settings.ts';
import type { Route } from './http/route.ts';
import { allRoutes } from './http/routes.ts';
import { createHttpServer } from './http/server.ts';
import { systemRoutes } from './http/system-routes.ts';
import { every, type Job } from './jobs/every.ts';
import { forgetRevocations, noteSightings, upkeep } from './jobs/housekeeping.ts';
import { Tallies } from './observability/tallies.ts';
import { type MqttDoor, openMqtt } from './open-mqtt.ts';
import { type OpenedStore, openStore } from './open-store.ts';
import { HangError, StartError } from './ports.ts';
import type { Services } from './services.ts';
import { BUILT_AT } from './version.ts';
import { holdYoungSpace, letYoungSpaceGrow } from './young-space.ts';

/** What the program is given by whoever starts it. */
export interface Surroundings {
  readonly log: Logger;
  /** @default 'all' */
  readonly parts?: ServerParts;
  readonly now?: () => number;
  /** Clocks before this were never set, milliseconds since 1970. @default when the program was built */
  readonly builtAt?: number;
  /** Hears that the server can't go on: the process can only end. */
  readonly onDeath?: (error: Error) => void;
}

export interface RunningServer {
  readonly port: number;
  /** Where the MQTT broker inside listens; null where there is none. */
  readonly mqttPort: number | null;
  readonly services: Services;
  /**
   * Takes no more requests, answers those that are under way, closes the store. Rejects where something fails, with
   * `HangError` where it hangs: the process can only end then. What was acknowledged is durable all the same.
   */
  stop(): Promise<void>;
}

/** How long requests that are under way may take when the server is to stop. */
const DRAIN_MS = 20_000;
/** How long jobs and the store may take after that. */
const CLOSE_MS = 5_000;
const CLOSE_IDLE_EVERY_MS = 100;
const UPKEEP_EVERY_MS = 5 * 60_000;
const NOTE_EVERY_MS = 60_000;

/** Starts the server. Throws `StartError` in words for whoever started it. */
export async function startServer(config: Config, surroundings: Surroundings): Promise<RunningServer> {
  const { log, now = Date.now, builtAt = BUILT_AT, onDeath = () => {}, parts = 'all' } = surroundings;
  const tallies = new Tallies();
  let onFailure: (error: Error) => void = () => {};
  const opened = await openStore(config, {
    now,
    onDeath,
    onBackupFault: (error) => log.error({ err: error }, 'backup failed'),
    observer: {
      outcomes: (outcome, count) => tallies.events(outcome, count),
      differing: (count) => {
        tallies.differing += count;
      },
      failed: (error) => onFailure(error),
    },
  });
  // Its threads have started.
  holdYoungSpace();
  try {
    const draining = new AbortController();
    // Every stream that is open listens to it: any number is right.
    setMaxListeners(0, draining.signal);
    let port = 0;
    const services = await createServices(config, {
      ...{ opened, tallies, draining, now, builtAt, log, parts },
      port: () => port,
    });
    onFailure = (error) => {
      log.error({ err: error }, 'events could not be stored');
      services.readiness.storeFailed(error.message);
    };
    const access = { failedTries: new FailedTries(now), sightings: new Sightings(now) };
    const routes = parts === 'all' ? allRoutes(services) : systemRoutes(services);
    const server = createServer(config, services, { ...access, routes, log });
    port = await listen(server, config);
    const onSeen = (principal: Principal) => access.sightings.note(principal);
    const mqtt = await openMqtt(config, { services, log, onSeen, failedTries: access.failedTries }).catch((error) => {
      server.close();
      throw error;
    });
    const jobs = startJobs(services, parts === 'all' ? opened : null, access.sightings, log);
    return { port, mqttPort: mqtt.port, services, stop: () => stop({ server, mqtt, draining, services, jobs }) };
  } catch (error) {
    await opened.events.close();
    throw error;
  } finally {
    letYoungSpaceGrow();
  }
}

/** What the server over HTTP is made of beside its services. */
interface HttpParts {
  readonly failedTries: FailedTries;
  readonly sightings: Sightings;
  readonly routes: readonly Route[];
  readonly log: Logger;
}

function createServer(config: Config, services: Services, { failedTries, sightings, routes, log }: HttpParts): Server {
  const trust = trustOf(config.TRUST_PROXY);
  const authenticator = new Authenticator({
    directory: services.directory,
    signIn: services.signIn,
    failedTries,
    addressOf: (req) => proxyAddr(req, trust),
    publicUrl: services.publicUrl,
    onSeen: (principal) => sightings.note(principal),
  });
  const parts = {
    routes,
    map: mapSettingsOf(config),
    authenticator,
    tallies: services.tallies,
    onFailure: (error: unknown, incident: string) => log.error({ err: error, incident }, 'request failed'),
  };
  return createHttpServer({ ...parts, services, app: createApp(parts) });
}

function listen(server: Server, { HOST: host, PORT: port }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why: Readonly<Record<string, string>> = {
        EADDRINUSE: `port ${port} is in use: stop what uses it, or set another PORT`,
        EACCES: `port ${port} needs rights that this user does not have: set a PORT above 1023`,
        EADDRNOTAVAIL: `HOST=${host} is no address of this machine`,
        ENOTFOUND: `HOST=${host} is no address of this machine`,
      };
      reject(new StartError(why[error.code ?? ''] ?? error.message, { cause: error }));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** `opened` is null where others keep house. */
function startJobs(services: Services, opened: OpenedStore | null, sightings: Sightings, log: Logger): Job[] {
  const { registry, now } = services;
  const failed = (what: string) => (error: unknown) => log.error({ err: error }, `${what} failed`);
  const refreshing = every(REFRESH_MS, () => services.refresh(), failed('reading the registry'));
  if (opened === null) return [refreshing];
  return [
    refreshing,
    every(UPKEEP_EVERY_MS, () => upkeep(services, UNDO_MS), failed('upkeep'), 'now'),
    every(UPKEEP_EVERY_MS, () => forgetRevocations(registry, now()), failed('forgetting revocations')),
    every(NOTE_EVERY_MS, () => noteSightings(registry, sightings), failed('noting who was seen')),
    ...(opened.backups === null ? [] : [opened.backups.start()]),
  ];
}

interface Stoppable {
  readonly server: Server;
  readonly mqtt: MqttDoor;
  readonly draining: AbortController;
  readonly services: Services;
  readonly jobs: readonly Job[];
}

async function stop({ server, mqtt, draining, services, jobs }: Stoppable): Promise<void> {
  services.readiness.drain();
  draining.abort();
  const mqttStopped = mqtt.stop();
  const closed = new Promise((resolve) => server.close(resolve));
  // A connection that is kept would be waited for once its last answer is out.
  const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
  const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(deadline);
  await within(CLOSE_MS, async () => {
    await mqttStopped;
    await Promise.all(jobs.map((job) => job.stop()));
    await services.store.close();
  });
}

async function within(ms: number, work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new HangError(`the store or a job was still busy after ${ms / 1_000} s`)), ms);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

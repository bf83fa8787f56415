/** Puts together what routes and jobs work with. */
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { Directory } from './access/directory.ts';
import { KeysFile } from './access/keys-file.ts';
import { SettingsKeys } from './access/settings-keys.ts';
import { loadSessionKey, SignIn } from './access/sign-in.ts';
import { type Config, sharedToken, trustOf } from './config.ts';
import { DeadLetters } from './ingest/dead-letters.ts';
import { LiveFeed } from './live/live-feed.ts';
import { createMetrics } from './observability/metrics.ts';
import { Readiness } from './observability/readiness.ts';
import type { Tallies } from './observability/tallies.ts';
import type { OpenedStore } from './open-store.ts';
import { addressAsked } from './public-url.ts';
import type { Services } from './services.ts';
import { Uploads } from './uploads/uploads.ts';

/** The whole server, or nothing but the subscriber to a broker, with what probes and Prometheus ask of it. */
export type ServerParts = 'all' | 'bridge';

/** What services are made from. */
export interface Foundations {
  readonly opened: OpenedStore;
  readonly tallies: Tallies;
  readonly draining: AbortController;
  readonly now: () => number;
  readonly builtAt: number;
  readonly log: Logger;
  readonly parts: ServerParts;
  readonly port: () => number;
}

/** Makes everything that routes and jobs work with. */
export async function createServices(
  config: Config,
  { opened, tallies, draining, now, builtAt, log, parts, port }: Foundations,
): Promise<Services> {
  const { registry, spool, backups } = opened;
  const store = opened.events;
  const isReached = () => parts === 'all' || tallies.mqtt.isConnected() === true;
  const isShared = config.STORE === 'influxdb';
  const readiness = new Readiness({ store, now, builtAt, isShared, isReached });
  const settings = new SettingsKeys(config);
  const file =
    config.KEYS_FILE === undefined
      ? null
      : new KeysFile(config.KEYS_FILE, (fault) => log.error({ fault }, 'KEYS_FILE'));
  const directory = new Directory(registry, now, () =>
    file === null ? settings.keys : [...settings.keys, ...file.keys],
  );
  await directory.refresh();
  const key = await loadSessionKey(registry, sharedToken(config), now());
  const deadLetters = new DeadLetters(registry, now);
  const isSecure = secureBy(config);
  const live = new LiveFeed(store, (error) => log.error({ err: error }, 'live feed'));
  return {
    store,
    registry,
    directory,
    deadLetters,
    spool,
    tallies,
    readiness,
    now,
    builtAt,
    draining: draining.signal,
    signIn: new SignIn({ registry, directory, key, now }),
    uploads: new Uploads({ registry, store, deadLetters, resolve: (name) => directory.resolve(name), now }),
    live,
    metrics: createMetrics({
      tallies,
      store,
      isReady: () => readiness.fault() === undefined,
      liveClients: () => live.listenerCount,
      backupVerifiedAt: () => backups?.state().verified_at ?? null,
      retention: config.RETENTION,
    }),
    lastBackup: () => backups?.state() ?? null,
    limits: { maxAhead: config.INGEST_MAX_AHEAD, maxAge: config.INGEST_MAX_AGE, retention: config.RETENTION },
    publicUrl: (asked) =>
      config.PUBLIC_URL ?? (asked && addressAsked(asked, isSecure(asked))) ?? `http://localhost:${port()}`,
    isSecure,
    onRefused: (slug) => tallies.events(slug),
    refresh: async () => {
      settings.refresh();
      file?.refresh();
      await directory.refresh();
    },
  };
}

/** Whether a request came over https: what a proxy says counts where its word does. */
function secureBy(config: Config): (req: IncomingMessage) => boolean {
  const trust = trustOf(config.TRUST_PROXY);
  const isHttps = config.PUBLIC_URL?.startsWith('https:') ?? false;
  return (req) => {
    const said = `${req.headers['x-forwarded-proto'] ?? ''}`.split(',')[0]?.trim();
    return isHttps || (said === 'https' && trust(req.socket.remoteAddress ?? '', 0));
  };
}

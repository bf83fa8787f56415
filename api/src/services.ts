/** What routes and jobs work with, put together once by `main.ts`, or by a test. */
import type { IncomingMessage } from 'node:http';
import type { Directory } from './access/directory.ts';
import { coversVehicle, type Principal } from './access/principal.ts';
import type { SignIn } from './access/sign-in.ts';
import type { Admission } from './ingest/admit.ts';
import type { ClockWindow } from './ingest/check-clock.ts';
import type { DeadLetters } from './ingest/dead-letters.ts';
import type { LiveFeed } from './live/live-feed.ts';
import type { Metrics } from './observability/metrics.ts';
import { CLOCK_NOT_SET, type Readiness } from './observability/readiness.ts';
import type { Tallies } from './observability/tallies.ts';
import { ClockNotSetError, type EventStore } from './ports.ts';
import type { Registry } from './registry.ts';
import type { Spool } from './uploads/spool.ts';
import type { Uploads } from './uploads/uploads.ts';

export interface Services {
  readonly store: EventStore;
  readonly registry: Registry;
  readonly directory: Directory;
  readonly signIn: SignIn;
  readonly uploads: Uploads;
  readonly deadLetters: DeadLetters;
  readonly spool: Spool;
  readonly live: LiveFeed;
  readonly tallies: Tallies;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  /** The newest verified backup, where backups are made. */
  readonly lastBackup: () => BackupState | null;
  /** Aborted when the server is about to stop. */
  readonly draining: AbortSignal;
  readonly limits: Limits;
  /** The server's clock, milliseconds since 1970. */
  readonly now: () => number;
  /** When this program was built, milliseconds since 1970: an earlier clock was never set. */
  readonly builtAt: number;
  /**
   * Where people and devices reach the server, without a slash at the end: `PUBLIC_URL`, or else the address by which
   * whoever asks has reached it.
   */
  readonly publicUrl: (asked?: IncomingMessage) => string;
  /** Counts events that are refused. */
  readonly onRefused: Admission['onRefused'];
  /** Looks whether other processes changed who may do what. */
  readonly refresh: () => Promise<void>;
  /** Whether a request came over https, as far as the server can know. */
  readonly isSecure: (req: IncomingMessage) => boolean;
}

/** How backups stand. Times are milliseconds since 1970. */
export interface BackupState {
  /** When the newest that was verified was made; null where there is none. */
  readonly verified_at: number | null;
  /** What went wrong with the last try, if it did. */
  readonly fault: string | null;
}

/** Which times are taken, milliseconds; null for any. */
export interface Limits {
  readonly maxAhead: number;
  readonly maxAge: number | null;
  readonly retention: number | null;
}

/** What is taken from somebody now, live or as part of an offline upload. Throws as `windowOf` does. */
export function admissionOf(services: Services, principal: Principal, way: 'live' | 'offline'): Admission {
  const { directory, onRefused } = services;
  return { speaker: speakerOf(directory, principal), window: windowOf(services, way), onRefused };
}

const speakers = new WeakMap<Principal, Admission['speaker']>();

function speakerOf(directory: Directory, principal: Principal): Admission['speaker'] {
  let speaker = speakers.get(principal);
  if (speaker === undefined) {
    const resolve = (name: string) => directory.resolve(name);
    speaker = {
      resolve,
      mayWrite: (vehicle) => coversVehicle(principal, vehicle, resolve),
      namesOf: (vehicle) => directory.namesOf(vehicle),
      source: principal.name,
    };
    speakers.set(principal, speaker);
  }
  return speaker;
}

/** Throws `ClockNotSetError` while the clock was never set: every true time would be held to be of the future. */
export function requireClock({ now, builtAt }: Pick<Services, 'now' | 'builtAt'>): void {
  if (now() < builtAt) throw new ClockNotSetError(CLOCK_NOT_SET);
}

/** The times that are taken now. Throws `ClockNotSetError`. */
export function windowOf(services: Services, way: 'live' | 'offline'): ClockWindow {
  requireClock(services);
  const { now: clock, limits, store } = services;
  const now = clock();
  return {
    now,
    latest: now + limits.maxAhead,
    earliest: way === 'live' && limits.maxAge !== null ? now - limits.maxAge : Number.NEGATIVE_INFINITY,
    kept: forgottenBefore(limits.retention, now, store.newest()) ?? Number.NEGATIVE_INFINITY,
  };
}

/** Events before this are past retention: counted from the earlier of now and the newest event, so that a clock that runs ahead forgets nothing. */
export function forgottenBefore(retention: number | null, now: number, newest: number | undefined): number | undefined {
  return retention === null ? undefined : Math.min(now, newest ?? now) - retention;
}

/**
 * Stores events, and keeps those of vehicles whose events InfluxDB refuses apart from all others: to find the refused ones
 * takes many requests, and one device must not delay another's events.
 */
import type { KeyedEvent } from '../../ports.ts';
import type { InfluxClient } from './client.ts';
import type { Refusals } from './group.ts';
import { GroupCommit } from './group-commit.ts';
import type { LiveFolds } from './live-folds.ts';
import type { Touches } from './touches.ts';

/** How long a vehicle is kept apart after a refusal, milliseconds. */
const SUSPECT_MS = 60_000;
/** Events of such vehicles that may wait. */
const MOST_ASIDE = 10_000;
/** How often marks are closed, milliseconds. */
const CLOSE_EVERY_MS = 1_000;

export class EventWriter {
  readonly #client: InfluxClient;
  readonly #touches: Touches;
  readonly #commits: GroupCommit;
  readonly #aside: GroupCommit;
  /** Until when vehicles are kept apart, milliseconds since 1970. */
  readonly #suspects = new Map<string, number>();
  readonly #closing: NodeJS.Timeout;

  /** `onFailure` hears why events could not be stored, `live` of those that were. */
  constructor(client: InfluxClient, touches: Touches, onFailure: (error: Error) => void, live?: LiveFolds) {
    this.#client = client;
    this.#touches = touches;
    this.#aside = new GroupCommit(client, touches, onFailure, { mostWaiting: MOST_ASIDE, live });
    this.#commits = new GroupCommit(client, touches, onFailure, { aside: (events) => this.#writeAside(events), live });
    this.#closing = setInterval(() => void this.#close(this.#touches.closing()), CLOSE_EVERY_MS).unref();
  }

  /** Resolves when all events but those refused are durable. Throws `StoreUnavailableError` and `OverloadedError`. */
  async write(events: readonly KeyedEvent[]): Promise<Refusals> {
    const isSuspect = this.#suspects.size > 0 ? events.map(({ vehicle }) => this.#isSuspect(vehicle)) : [];
    if (!isSuspect.includes(true)) return this.#commits.write(events);
    const parts = await Promise.all([
      this.#commits.write(events.filter((_event, index) => !isSuspect[index])),
      this.#writeAside(events.filter((_event, index) => isSuspect[index])),
    ]);
    const [others, theirs] = parts.map((refusals) => refusals.values());
    return isSuspect.map((suspect) => (suspect ? theirs : others)?.next().value);
  }

  /** Resolves when nothing is under way. */
  async end(): Promise<void> {
    clearInterval(this.#closing);
    await this.#commits.end();
    await this.#aside.end();
    await this.#close(this.#touches.closing(true));
  }

  async #writeAside(events: readonly KeyedEvent[]): Promise<Refusals> {
    const refusals = await this.#aside.write(events);
    const until = Date.now() + SUSPECT_MS;
    for (const [index, { vehicle }] of events.entries()) {
      if (refusals[index] !== undefined) this.#suspects.set(vehicle, until);
    }
    return refusals;
  }

  #isSuspect(vehicle: string): boolean {
    const until = this.#suspects.get(vehicle) ?? 0;
    if (until > Date.now()) return true;
    this.#suspects.delete(vehicle);
    return false;
  }

  /** Where it fails, they are done with in time. */
  async #close(marks: readonly string[]): Promise<void> {
    if (marks.length > 0) await this.#client.write(this.#client.bucket, marks.join('\n')).catch(() => {});
  }
}

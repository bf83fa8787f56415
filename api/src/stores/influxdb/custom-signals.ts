/**
 * Which custom signals the events of a container have, beside the events: points `custom` with the tags of the container,
 * whose field `signals` lists names. They are durable before the sender of any such event hears of it, and each process
 * adds those that it did not note yet. So readers can name what they read. `SELECT *` would give them the columns of all
 * vehicles: a single device that sends ever new names would end all reading.
 */
import { isSignalName } from '@fleet/contract';
import { rememberedByNames } from '../../ingest/measured.ts';
import type { KeyedEvent } from '../../ports.ts';
import { containerTags } from './event-line.ts';
import { nanoseconds, quoted } from './line-protocol.ts';

/** Names that one point lists: InfluxDB takes a mebibyte. */
const NAMES_OF_POINT = 1_000;
/** Names that are remembered as noted, so that memory is bounded; to note one again changes nothing. */
const MOST_REMEMBERED = 200_000;
/** How long they are remembered, milliseconds. */
const REMEMBERED_MS = 1_800_000;
/**
 * How far ahead of the clock notes are dated, milliseconds: retention must take none before the events that rely on it,
 * which come as long as it is remembered, and whose clocks may be ahead.
 */
const AHEAD_MS = 2 * REMEMBERED_MS;
/** Times that a point may have within its millisecond, so that no two are in one place. */
const PLACES = 1_000_000;

/** What is to be noted with a group of events. */
export interface Notes {
  /** They go with the events. */
  readonly lines: readonly string[];
  /** They are durable. */
  stored(): void;
}

export class CustomSignals {
  /** Names that are durable, by the tags of containers. */
  readonly #noted = new Map<string, Set<string>>();
  #remembered = 0;
  #since = Date.now();
  /** Another process counts from elsewhere. */
  #count = Math.floor(Math.random() * PLACES);

  /** What these events have and was not noted yet. */
  notesFor(events: readonly KeyedEvent[]): Notes {
    if (this.#remembered > MOST_REMEMBERED || Date.now() > this.#since + REMEMBERED_MS) this.#forget();
    const fresh = new Map<string, Set<string>>();
    for (const { vehicle, container, measured } of events) {
      const custom = customIn(measured.names);
      if (custom.length === 0) continue;
      const tags = containerTags(vehicle, container);
      for (const name of custom) if (!this.#noted.get(tags)?.has(name)) add(fresh, tags, name);
    }
    const lines = [...fresh].flatMap(([tags, names]) => this.#linesOf(tags, [...names]));
    return { lines, stored: () => this.#remember(fresh) };
  }

  #linesOf(tags: string, names: readonly string[]): string[] {
    const count = Math.ceil(names.length / NAMES_OF_POINT);
    return Array.from({ length: count }, (_, part) => {
      const listed = names.slice(part * NAMES_OF_POINT, (part + 1) * NAMES_OF_POINT).join();
      return `custom,${tags} signals=${quoted(listed)} ${nanoseconds(Date.now() + AHEAD_MS, this.#count++ % PLACES)}`;
    });
  }

  #forget(): void {
    this.#noted.clear();
    this.#remembered = 0;
    this.#since = Date.now();
  }

  #remember(names: ReadonlyMap<string, ReadonlySet<string>>): void {
    for (const [tags, fresh] of names) {
      for (const name of fresh) add(this.#noted, tags, name);
      this.#remembered += fresh.size;
    }
  }
}

const customIn = rememberedByNames((names) => names.filter((name) => !isSignalName(name)));

function add(names: Map<string, Set<string>>, tags: string, name: string): void {
  const own = names.get(tags);
  if (own === undefined) names.set(tags, new Set([name]));
  else own.add(name);
}

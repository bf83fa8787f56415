/** The port of events, on the two threads. */

import { createBreather } from '../../ingest/breathe.ts';
import { rememberedByNames } from '../../ingest/measured.ts';
import type {
  EventRow,
  EventStore,
  HistoryPoint,
  KeyedEvent,
  LatestState,
  SeqRange,
  Span,
  StoreObserver,
  StoreSize,
  Trip,
  TripLookup,
  TripPage,
  TripQuery,
  Upkeep,
  VehicleActivity,
  WriteResult,
} from '../../ports.ts';
import type { Dictionary } from './dictionary.ts';
import { GroupCommit, type GroupExtent } from './group-commit.ts';
import { unpackHistory } from './packed-history.ts';
import { type EventGroup, type GroupReport, OUTCOMES } from './protocol.ts';
import type { ReaderMethods } from './reader-methods.ts';
import { RecordReader } from './record-reader.ts';
import type { Position } from './row-reader.ts';
import type { Settler } from './settler.ts';
import type { Part } from './thread.ts';
import type { WriterMethods } from './writer-methods.ts';

/** Events of a page of a trip. */
const PAGE = 5_000;
/** Ranges of seqs between two looks at the clock: a trip may have a hundred thousand. */
const LOOK_EVERY = 4_096;

/** What the ports of one file share. */
export interface SqliteParts {
  readonly writer: Part<WriterMethods>;
  readonly reader: Part<ReaderMethods>;
  readonly settler: Settler;
  readonly names: Dictionary;
  /** The newest event's time when the file was opened. */
  readonly newest: number | undefined;
  readonly observer: StoreObserver | undefined;
  readonly close: () => Promise<void>;
}

export class SqliteEventStore implements EventStore {
  readonly #parts: SqliteParts;
  readonly #commits: GroupCommit;
  /** Undefined where any has none: it may come to have one. */
  readonly #haveNumbers: (names: readonly string[]) => true | undefined;
  #newest: number | undefined;

  constructor(parts: SqliteParts) {
    this.#parts = parts;
    this.#newest = parts.newest;
    const isNumbered = (name: string) => parts.names.idOf(name) !== undefined;
    this.#haveNumbers = rememberedByNames((names) => names.every(isNumbered) || undefined);
    this.#commits = new GroupCommit(parts.names, (group, extent) => this.#commit(group, extent));
  }

  write(events: readonly KeyedEvent[]): Promise<readonly WriteResult[]> {
    if (events.every((event) => this.#isKnown(event))) return this.#commits.write(events);
    return this.#intern(events).then(() => this.#commits.write(events));
  }

  newest(): number | undefined {
    return this.#newest;
  }

  async vehicles(): Promise<readonly VehicleActivity[]> {
    await this.#parts.settler.settle();
    return this.#parts.reader.call('vehicles');
  }

  async revisions(): Promise<ReadonlyMap<string, number>> {
    return this.#parts.settler.revisions;
  }

  async latest(vehicles: readonly string[]): Promise<readonly LatestState[]> {
    await this.#parts.settler.settle(vehicles);
    return this.#parts.reader.call('latest', vehicles);
  }

  async trips(query: TripQuery): Promise<TripPage> {
    await this.#parts.settler.settle(query.vehicles);
    return this.#parts.reader.call('trips', query);
  }

  async trip(tripId: string, vehicles: readonly string[] | undefined): Promise<TripLookup> {
    await this.#parts.settler.settle(vehicles);
    return this.#parts.reader.call('trip', tripId, vehicles);
  }

  async *rows(vehicle: string, trip: Trip): AsyncIterable<readonly EventRow[]> {
    for (let after: Position | undefined, more = true; more; ) {
      const page = await this.#parts.reader.call('page', vehicle, trip.parts, after, PAGE);
      if (page.last_name > this.#parts.names.last) await this.#learnNames();
      const rows = readPage(page.bytes, page.owners, this.#parts.names);
      yield rows;
      after = rows.at(-1);
      more = page.more;
    }
  }

  async seqs(vehicle: string, tripId: string): Promise<readonly SeqRange[]> {
    await this.#parts.writer.call('mark');
    const { packed } = await this.#parts.reader.call('seqs', vehicle, tripId);
    const breathe = createBreather();
    const ranges: SeqRange[] = [];
    for (let at = 0; at < packed.length; at += 2) {
      ranges.push([packed[at] as number, packed[at + 1] as number]);
      if (ranges.length % LOOK_EVERY === 0) await breathe();
    }
    return ranges;
  }

  async history(vehicle: string, signal: string, span: Span, stepMs: number): Promise<readonly HistoryPoint[]> {
    await this.#parts.settler.settle([vehicle]);
    return unpackHistory((await this.#parts.reader.call('history', vehicle, signal, span, stepMs)).packed);
  }

  async size(): Promise<StoreSize> {
    await this.#parts.writer.call('mark');
    return this.#parts.reader.call('size');
  }

  async maintain(upkeep: Upkeep): Promise<boolean> {
    const more = await this.#parts.writer.call('maintain', upkeep);
    if (more) this.#parts.settler.allChanged();
    return more;
  }

  async probe(): Promise<void> {
    await this.#parts.writer.call('probe');
  }

  async close(): Promise<void> {
    await this.#parts.close();
  }

  async #commit(group: EventGroup, { vehicles, newest }: GroupExtent): Promise<GroupReport> {
    const { writer, settler, observer } = this.#parts;
    try {
      const report = await writer.call('write', group);
      this.#newest = Math.max(newest, this.#newest ?? 0);
      settler.changed(vehicles);
      if (observer !== undefined) tell(observer, report, group.count);
      return report;
    } catch (error) {
      observer?.failed(error as Error);
      throw error;
    }
  }

  /** Whether all names in an event have their numbers, or get none. */
  #isKnown({ source, measured }: KeyedEvent): boolean {
    const { names } = this.#parts;
    return names.idOf(source) !== undefined && (this.#haveNumbers(measured.names) ?? names.full);
  }

  /** Has numbers given to the names that have none. */
  async #intern(events: readonly KeyedEvent[]): Promise<void> {
    const { writer, names } = this.#parts;
    const lacking = (all: readonly string[]) => [...new Set(all)].filter((name) => names.idOf(name) === undefined);
    names.add(await writer.call('intern', lacking(events.map(({ source }) => source)), 'source'));
    names.add(await writer.call('intern', lacking(events.flatMap(({ measured }) => measured.names)), 'signal'));
  }

  /** Another process may have given numbers to names. */
  async #learnNames(): Promise<void> {
    const { reader, names } = this.#parts;
    names.add(await reader.call('names', names.last));
  }
}

function tell(observer: StoreObserver, { packed, differing }: GroupReport, count: number): void {
  const counts = OUTCOMES.map(() => 0);
  for (let index = 0; index < count; index++)
    counts[packed[index] as number] = (counts[packed[index] as number] ?? 0) + 1;
  for (const [index, outcome] of OUTCOMES.entries()) {
    if (counts[index]) observer.outcomes(outcome, counts[index]);
  }
  if (differing > 0) observer.differing(differing);
}

function readPage(bytes: Uint8Array, owners: readonly { count: number; trip: string | null }[], names: Dictionary) {
  const rows: EventRow[] = [];
  let start = 0;
  for (const { count, trip } of owners) {
    const reader = new RecordReader(bytes.subarray(start), names, trip);
    for (let index = 0; index < count; index++) rows.push(reader.read());
    start += reader.position;
  }
  return rows;
}

/** The port of events, on the two threads. */
import type {
  EventRow,
  EventStore,
  HistoryPoint,
  KeyedEvent,
  LatestState,
  SeqRange,
  Span,
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
import { GroupCommit } from './group-commit.ts';
import type { EventGroup, GroupReport } from './protocol.ts';
import type { ReaderMethods } from './reader-thread.ts';
import { RecordReader } from './record.ts';
import type { Position } from './row-reader.ts';
import type { Settler } from './settler.ts';
import type { Thread } from './thread.ts';
import type { WriterMethods } from './writer-thread.ts';

/** Events of a page of a trip. */
const PAGE = 5_000;

/** What the ports of one file share. */
export interface SqliteParts {
  readonly writer: Thread<WriterMethods>;
  readonly reader: Thread<ReaderMethods>;
  readonly settler: Settler;
  readonly names: Dictionary;
  /** The newest event's time when the file was opened. */
  readonly newest: number | undefined;
  /** Hears how many signals of repeated events differed from what is stored. */
  readonly onDiffering: (count: number) => void;
  readonly close: () => Promise<void>;
}

export class SqliteEventStore implements EventStore {
  readonly #parts: SqliteParts;
  readonly #commits: GroupCommit;
  #newest: number | undefined;

  constructor(parts: SqliteParts) {
    this.#parts = parts;
    this.#newest = parts.newest;
    this.#commits = new GroupCommit(parts.names, (group) => this.#commit(group));
  }

  async write(events: readonly KeyedEvent[]): Promise<readonly WriteResult[]> {
    const unknown = this.#unknownNames(events);
    if (unknown !== undefined) await this.#intern(unknown);
    return this.#commits.write(events);
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
      await this.#learnNames();
      const rows = readPage(page.bytes, page.owners, this.#parts.names);
      yield rows;
      after = rows.at(-1);
      more = page.more;
    }
  }

  async seqs(vehicle: string, tripId: string): Promise<readonly SeqRange[]> {
    return this.#parts.reader.call('seqs', vehicle, tripId);
  }

  async history(vehicle: string, signal: string, span: Span, stepMs: number): Promise<readonly HistoryPoint[]> {
    await this.#parts.settler.settle([vehicle]);
    return this.#parts.reader.call('history', vehicle, signal, span, stepMs);
  }

  async size(): Promise<StoreSize> {
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

  async #commit(group: EventGroup): Promise<GroupReport> {
    const { containers } = group;
    const newest = group.ts.reduce((latest, ts) => Math.max(latest, ts), this.#newest ?? 0);
    const report = await this.#parts.writer.call('write', group);
    this.#newest = newest;
    this.#parts.settler.changed(containers.map(({ vehicle }) => vehicle));
    if (report.differing > 0) this.#parts.onDiffering(report.differing);
    return report;
  }

  /** Names of signals and sources that have no number yet; undefined where all have. */
  #unknownNames(events: readonly KeyedEvent[]): { signals: Set<string>; sources: Set<string> } | undefined {
    const { names } = this.#parts;
    const signals = new Set<string>();
    const sources = new Set<string>();
    for (const { source, values } of events) {
      if (names.idOf(source) === undefined) sources.add(source);
      for (const name in values) if (names.idOf(name) === undefined) signals.add(name);
    }
    if (names.full) signals.clear();
    return signals.size + sources.size === 0 ? undefined : { signals, sources };
  }

  async #intern({ signals, sources }: { signals: Set<string>; sources: Set<string> }): Promise<void> {
    const { writer, names } = this.#parts;
    names.add(await writer.call('intern', [...sources], 'source'));
    names.add(await writer.call('intern', [...signals], 'signal'));
  }

  /** Another process may have given numbers to names. */
  async #learnNames(): Promise<void> {
    const { reader, names } = this.#parts;
    names.add(await reader.call('names', names.last));
  }
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

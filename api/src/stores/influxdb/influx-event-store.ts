/** The port of events, on InfluxDB. */
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
  WriteOutcome,
  WriteResult,
} from '../../ports.ts';
import { isDeleted } from '../../trips/corrections.ts';
import { findTrip } from '../../trips/find-trip.ts';
import { latestOf } from '../../trips/latest.ts';
import { seqRanges } from '../../trips/seq-ranges.ts';
import { EVER, overlaps } from '../../trips/span.ts';
import { byNewest, toPage } from '../../trips/trip-page.ts';
import type { VehicleGroups } from '../../trips/vehicle-group.ts';
import type { InfluxClient } from './client.ts';
import { EventWriter } from './event-writer.ts';
import { forget } from './forgetting.ts';
import type { Groups } from './groups.ts';
import { readHistory } from './history-reader.ts';
import type { Settler } from './settler.ts';
import type { Touches } from './touches.ts';
import { TripGuess } from './trip-guess.ts';
import { rowsOf, type VehicleView } from './trip-maker.ts';

/** Bytes that InfluxDB needs for an event of eight signals, measured: it does not tell how many it has. */
const BYTES_PER_EVENT = 24;
/** Always the same, so that it can be seen that nothing changed. */
const NO_TRIPS: readonly Trip[] = [];

export interface InfluxStoreParts {
  readonly client: InfluxClient;
  readonly groups: Groups;
  readonly settler: Settler;
  readonly touches: Touches;
  /** The longest gap inside a trip of loose events, milliseconds. */
  readonly idleMs: number;
  readonly observer: StoreObserver | undefined;
}

export class InfluxEventStore implements EventStore {
  readonly #parts: InfluxStoreParts;
  readonly #writer: EventWriter;
  readonly #guess: TripGuess;
  #newest: number | undefined;

  constructor(parts: InfluxStoreParts) {
    const { client, settler, touches, idleMs, observer } = parts;
    this.#parts = parts;
    this.#writer = new EventWriter(client, touches, (error) => observer?.failed(error), settler.live);
    this.#guess = new TripGuess(idleMs, (vehicle) => settler.viewOf(vehicle)?.trips ?? NO_TRIPS);
  }

  async write(events: readonly KeyedEvent[]): Promise<readonly WriteResult[]> {
    if (events.length === 0) return [];
    const [refusals, groups] = await Promise.all([this.#writer.write(events), this.#parts.groups.recent()]);
    const isRefused = refusals.some((reason) => reason !== undefined);
    this.#note(isRefused ? events.filter((_event, index) => refusals[index] === undefined) : events);
    const tripOf = this.#tripFinder(groups);
    const counts = new Map<WriteOutcome, number>();
    let last: WriteResult | undefined;
    const results = events.map((event, index) => {
      const result = resultOf(event, refusals[index], groups, tripOf);
      counts.set(result.outcome, 1 + (counts.get(result.outcome) ?? 0));
      // Of most events the same is to be said as of the one before.
      if (last === undefined || !isSame(result, last)) last = result;
      return last;
    });
    for (const [outcome, count] of counts) this.#parts.observer?.outcomes(outcome, count);
    return results;
  }

  newest(): number | undefined {
    return this.#newest;
  }

  async vehicles(): Promise<readonly VehicleActivity[]> {
    const states = (await this.#parts.settler.settle()).flatMap(
      ({ group, trips }) => latestOf(group.vehicle, trips) ?? [],
    );
    return states.map(({ vehicle, last_ts }) => ({ vehicle, last_ts }));
  }

  async revisions(): Promise<ReadonlyMap<string, number>> {
    return this.#parts.settler.revisions();
  }

  async latest(vehicles: readonly string[]): Promise<readonly LatestState[]> {
    const views = await this.#parts.settler.settle(vehicles);
    return views.flatMap(({ group, trips }) => latestOf(group.vehicle, trips) ?? []);
  }

  async trips({ vehicles, span, limit, after }: TripQuery): Promise<TripPage> {
    const listed = (await this.#parts.settler.settle(vehicles))
      .flatMap(({ trips }) => trips)
      .filter((trip) => overlaps(trip, span))
      .map((trip) => trip.listed)
      .filter((trip) => after === undefined || byNewest(after, trip) < 0)
      .sort(byNewest);
    return toPage(listed, limit);
  }

  async trip(tripId: string, vehicles: readonly string[] | undefined): Promise<TripLookup> {
    const found = (await this.#parts.settler.settle(vehicles)).flatMap(({ group, trips }) => {
      const trip = findTrip(trips, tripId, group.names);
      return trip === undefined ? [] : [{ vehicle: group.vehicle, trip }];
    });
    const [first] = found;
    if (first === undefined) return { kind: 'none' };
    if (found.length > 1) return { kind: 'ambiguous', vehicles: found.map(({ vehicle }) => vehicle) };
    const { vehicle, trip } = first;
    if (trip.id !== tripId) return { kind: 'moved', vehicle, trip_id: trip.id };
    const { id, from, to, parts, listed } = trip;
    return { kind: 'found', vehicle, trip: { id, from, to, parts }, summary: listed.summary };
  }

  async *rows(vehicle: string, trip: Trip): AsyncIterable<readonly EventRow[]> {
    const view = await this.#view(vehicle);
    if (view !== undefined) yield* rowsOf(view.group.names, trip, view.segments, this.#parts.settler.reader);
  }

  async seqs(vehicle: string, tripId: string): Promise<readonly SeqRange[]> {
    const { names } = (await this.#parts.groups.now()).of(vehicle);
    return seqRanges(await this.#parts.settler.reader.seqs({ names, containers: [tripId], ...EVER }));
  }

  async history(vehicle: string, signal: string, span: Span, stepMs: number): Promise<readonly HistoryPoint[]> {
    const view = await this.#view(vehicle);
    return view === undefined ? [] : readHistory(this.#parts.settler.reader, view, signal, { span, stepMs });
  }

  async size(): Promise<StoreSize> {
    const views = await this.#parts.settler.settle();
    const events = views.flatMap(({ segments }) => segments).reduce((sum, { count }) => sum + count, 0);
    return { bytes: events * BYTES_PER_EVENT, events };
  }

  async maintain(upkeep: Upkeep): Promise<boolean> {
    return forget(this.#parts.client, this.#parts.touches, await this.#parts.settler.settle(), upkeep);
  }

  /** A point at the hour, which takes the place of the one before. */
  async probe(): Promise<void> {
    const { client } = this.#parts;
    await client.write(client.bucket, `probe n=1i ${Math.floor(Date.now() / 3_600_000) * 3_600}000000000`);
  }

  async close(): Promise<void> {
    await this.#writer.end();
    await this.#parts.settler.end();
    this.#parts.client.close();
  }

  async #view(vehicle: string): Promise<VehicleView | undefined> {
    return (await this.#parts.settler.settle([vehicle]))[0];
  }

  #note(events: readonly KeyedEvent[]): void {
    this.#guess.note(events);
    for (const { ts } of events) if (ts > (this.#newest ?? Number.NEGATIVE_INFINITY)) this.#newest = ts;
  }

  #tripFinder(groups: VehicleGroups): (event: KeyedEvent) => string {
    const guess = this.#guess.begin();
    return ({ vehicle, trip, ts }) => trip ?? guess(groups.of(vehicle), ts);
  }
}

function resultOf(
  event: KeyedEvent,
  reason: string | undefined,
  groups: VehicleGroups,
  tripOf: (event: KeyedEvent) => string,
): WriteResult {
  if (reason !== undefined) return { outcome: 'refused', reason, trip_id: '' };
  const hidden = isDeleted(groups.of(event.vehicle).combined, event);
  return { outcome: hidden ? 'deleted' : 'stored', trip_id: tripOf(event) };
}

function isSame(a: WriteResult, b: WriteResult): boolean {
  return a.outcome === b.outcome && a.trip_id === b.trip_id && a.reason === b.reason;
}

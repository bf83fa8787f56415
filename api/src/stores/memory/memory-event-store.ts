/**
 * Events in memory: the port's meaning with nothing between, recomputed from all events whenever asked. It is the model
 * that the other stores are tested against, and a store for trying things out; it forgets everything at exit.
 */
import type { KeyedEvent } from '../../ingest/key-of.ts';
import { valuesOf } from '../../ingest/measured.ts';
import { meet, TOO_MUCH } from '../../ingest/same-key.ts';
import type {
  EventRow,
  EventStore,
  HistoryPoint,
  LatestState,
  SeqRange,
  StoreObserver,
  StoreSize,
  TripLookup,
  TripPage,
  TripQuery,
  Upkeep,
  VehicleActivity,
  WriteOutcome,
  WriteResult,
} from '../../ports.ts';
import type { Registry } from '../../registry.ts';
import { type Correction, combineCorrections, isDeleted, nameOf } from '../../trips/corrections.ts';
import { deriveTrips, type EventTimes } from '../../trips/derive-trips.ts';
import { findTrip } from '../../trips/find-trip.ts';
import { addToRollup, type Rollup, stepOf, toHistory } from '../../trips/history.ts';
import { latestOf } from '../../trips/latest.ts';
import { seqRanges } from '../../trips/seq-ranges.ts';
import { contains, overlaps, type Span, united } from '../../trips/span.ts';
import { summarize } from '../../trips/summary.ts';
import { addRow, compareRows, startTotals, type TripTotals } from '../../trips/totals.ts';
import { holds, type Trip } from '../../trips/trip.ts';
import { derivedTripId } from '../../trips/trip-id.ts';
import { byNewest, type ListedTrip, toPage } from '../../trips/trip-page.ts';

export interface MemoryStoreOptions {
  readonly registry: Registry;
  /** The longest gap inside a trip of loose events, milliseconds. */
  readonly idleMs: number;
  readonly observer?: StoreObserver;
}

/** Everything about one vehicle, worked out anew. */
interface View {
  readonly vehicle: string;
  readonly names: readonly string[];
  readonly rows: readonly EventRow[];
  readonly trips: readonly (Trip & { readonly totals: TripTotals; readonly listed: ListedTrip })[];
}

export class MemoryEventStore implements EventStore {
  readonly #registry: Registry;
  readonly #idleMs: number;
  readonly #observer: StoreObserver | undefined;
  /** Rows by vehicle, as it was named when they came, then by container and seq. */
  readonly #stored = new Map<string, Map<string, EventRow>>();
  #newest: number | undefined;
  #revision = 0;

  constructor({ registry, idleMs, observer }: MemoryStoreOptions) {
    this.#observer = observer;
    this.#registry = registry;
    this.#idleMs = idleMs;
  }

  async write(events: readonly KeyedEvent[]): Promise<readonly WriteResult[]> {
    const outcomes: WriteOutcome[] = [];
    for (const event of events) outcomes.push(await this.#writeOne(event));
    for (const outcome of outcomes) this.#observer?.outcomes(outcome, 1);
    this.#revision++;
    const vehicles = [...new Set(events.map(({ vehicle }) => vehicle))];
    const views = new Map((await this.#views(vehicles)).map((view) => [view.vehicle, view]));
    return events.map((event, index) => ({
      outcome: outcomes[index] ?? 'stored',
      ...(outcomes[index] === 'refused' && { reason: TOO_MUCH }),
      trip_id: event.trip ?? tripOf(event, views.get(event.vehicle))?.id ?? derivedTripId(event.vehicle, event.ts),
    }));
  }

  newest(): number | undefined {
    return this.#newest;
  }

  async vehicles(): Promise<readonly VehicleActivity[]> {
    return (await this.#views(undefined))
      .filter(({ rows }) => rows.length > 0)
      .map(({ vehicle, rows }) => ({ vehicle, last_ts: rows.at(-1)?.ts ?? 0 }));
  }

  async revisions(): Promise<ReadonlyMap<string, number>> {
    return new Map((await this.#oneNames()).map((vehicle) => [vehicle, this.#revision]));
  }

  async latest(vehicles: readonly string[]): Promise<readonly LatestState[]> {
    return (await this.#views(vehicles)).flatMap(({ vehicle, trips }) => latestOf(vehicle, trips) ?? []);
  }

  async trips({ vehicles, span, limit, after }: TripQuery): Promise<TripPage> {
    const listed = (await this.#views(vehicles))
      .flatMap(({ trips }) => trips)
      .filter((trip) => overlaps(trip, span))
      .map((trip) => trip.listed)
      .filter((trip) => after === undefined || byNewest(after, trip) < 0)
      .toSorted(byNewest);
    return toPage(listed, limit);
  }

  async trip(tripId: string, vehicles: readonly string[] | undefined): Promise<TripLookup> {
    const found = (await this.#views(vehicles)).flatMap(({ vehicle, names, trips }) => {
      const trip = findTrip(trips, tripId, names);
      return trip === undefined ? [] : [{ vehicle, trip }];
    });
    const [first] = found;
    if (first === undefined) return { kind: 'none' };
    if (found.length > 1) return { kind: 'ambiguous', vehicles: found.map(({ vehicle }) => vehicle) };
    const { vehicle, trip } = first;
    return trip.id === tripId
      ? { kind: 'found', vehicle, trip, summary: trip.listed.summary }
      : { kind: 'moved', vehicle, trip_id: trip.id };
  }

  async *rows(vehicle: string, trip: Trip): AsyncIterable<readonly EventRow[]> {
    const { rows } = await this.#view(vehicle);
    yield rows.filter((row) => holds(trip.parts, row));
  }

  async seqs(vehicle: string, tripId: string): Promise<readonly SeqRange[]> {
    const { rows } = await this.#view(vehicle);
    const own = rows.filter(({ trip, seq, ts }) => trip === tripId && seq !== ts).map(({ seq }) => seq);
    return seqRanges(own.sort((a, b) => a - b));
  }

  async history(vehicle: string, signal: string, span: Span, stepMs: number): Promise<readonly HistoryPoint[]> {
    const steps = new Map<number, Rollup>();
    for (const { ts, values } of (await this.#view(vehicle)).rows) {
      const value = values[signal];
      if (value !== undefined && contains(span, ts)) addToRollup(steps, stepOf(ts, stepMs), value);
    }
    return toHistory(steps);
  }

  async size(): Promise<StoreSize> {
    const events = [...this.#stored.values()].reduce((sum, rows) => sum + rows.size, 0);
    return { bytes: process.memoryUsage().heapUsed, events };
  }

  async maintain({ forgetBefore = Number.NEGATIVE_INFINITY, purgeDeletedBefore }: Upkeep): Promise<boolean> {
    for (const vehicle of await this.#oneNames()) {
      const purged = (await this.#corrections(vehicle)).filter(({ made_at }) => made_at < purgeDeletedBefore);
      const { deleted } = combineCorrections(purged);
      for (const name of await this.#namesOf(vehicle)) {
        const rows = this.#stored.get(name) ?? new Map<string, EventRow>();
        for (const [key, row] of rows) if (row.ts < forgetBefore || holds(deleted, row)) rows.delete(key);
      }
    }
    this.#revision++;
    return false;
  }

  async probe(): Promise<void> {}

  async close(): Promise<void> {}

  /** What is deleted is kept all the same until it is purged: deleting can be undone. */
  async #writeOne(event: KeyedEvent): Promise<WriteOutcome> {
    const outcome = await this.#keep(event);
    if (outcome === 'seq-conflict' || outcome === 'refused') return outcome;
    const corrections = await this.#corrections(event.vehicle);
    return isDeleted(combineCorrections(corrections), event) ? 'deleted' : outcome;
  }

  async #keep(event: KeyedEvent): Promise<WriteOutcome> {
    const key = `${event.container} ${event.seq}`;
    const names = await this.#namesOf(event.vehicle);
    const holder = names.find((name) => this.#stored.get(name)?.has(key)) ?? event.vehicle;
    const rows = this.#stored.get(holder) ?? new Map<string, EventRow>();
    this.#stored.set(holder, rows);
    const before = rows.get(key);
    const row = toRow(event);
    if (before === undefined) {
      rows.set(key, row);
      this.#newest = Math.max(this.#newest ?? event.ts, event.ts);
      return 'stored';
    }
    const meeting = meet(before, row);
    if (meeting.kind === 'other') return 'seq-conflict';
    if (meeting.kind === 'too-much') return 'refused';
    this.#observer?.differing(meeting.differing);
    if (meeting.completed !== null) {
      const { values, dtcs } = meeting.completed;
      rows.set(key, { ...before, values, ...(dtcs && { dtcs }) });
    }
    return 'duplicate';
  }

  async #views(vehicles: readonly string[] | undefined): Promise<View[]> {
    return Promise.all((vehicles ?? (await this.#oneNames())).map((vehicle) => this.#view(vehicle)));
  }

  async #view(vehicle: string): Promise<View> {
    const names = await this.#namesOf(vehicle);
    const corrections = await this.#corrections(vehicle);
    const combined = combineCorrections(corrections);
    const kept = names.flatMap((name) => [...(this.#stored.get(name)?.values() ?? [])]).toSorted(compareRows);
    const rows = kept.filter((row) => !isDeleted(combined, row));
    const loose = kept.filter((row) => row.trip === null).map(({ ts }) => ({ from: ts, to: ts }));
    const trips = deriveTrips({
      vehicle,
      idleMs: this.#idleMs,
      runs: united(loose, this.#idleMs),
      deviceTrips: deviceTrips(kept),
      corrections: combined,
      times: (trip) => timesOf(kept.filter((row) => row.trip === trip).map(({ ts }) => ts)),
    });
    return { vehicle, names, rows, trips: trips.map((trip) => summarized(vehicle, trip, rows, corrections)) };
  }

  async #namesOf(vehicle: string): Promise<readonly string[]> {
    return [vehicle, ...((await this.#registry.get('vehicle', vehicle))?.body.aliases ?? [])];
  }

  async #corrections(vehicle: string): Promise<Correction[]> {
    const owners = await this.#namesOf(vehicle);
    const documents = await Promise.all(owners.map((owner) => this.#registry.list('correction', { owner })));
    return documents.flat().map(({ body }) => body);
  }

  async #oneNames(): Promise<readonly string[]> {
    const vehicles = await this.#registry.list('vehicle');
    const oneName = new Map(vehicles.flatMap(({ id, body }) => body.aliases.map((alias) => [alias, id] as const)));
    return [...new Set([...this.#stored.keys()].map((name) => oneName.get(name) ?? name))].sort();
  }
}

function summarized(vehicle: string, trip: Trip, rows: readonly EventRow[], corrections: readonly Correction[]) {
  const totals = startTotals();
  for (const row of rows) if (holds(trip.parts, row)) addRow(totals, row);
  const summary = summarize(vehicle, trip, totals, nameOf(trip, corrections));
  return { ...trip, totals, listed: { vehicle, trip_id: trip.id, from: trip.from, summary } };
}

function tripOf(event: KeyedEvent, view: View | undefined): Trip | undefined {
  return view?.trips.find(({ parts }) => holds(parts, event));
}

function toRow({ ts, seq, trip, source, measured, dtcs }: KeyedEvent): EventRow {
  return { ts, seq, trip, source, values: valuesOf(measured), ...(dtcs && { dtcs }) };
}

function deviceTrips(rows: readonly EventRow[]) {
  const ids = new Set(rows.map(({ trip }) => trip).filter((trip) => trip !== null));
  return [...ids].map((id) => {
    const own = rows.filter(({ trip }) => trip === id);
    return { id, from: own[0]?.ts ?? 0, to: own.at(-1)?.ts ?? 0 };
  });
}

function timesOf(ascending: readonly number[]): EventTimes {
  return {
    firstAtOrAfter: (ts) => ascending.find((time) => time >= ts),
    lastAtOrBefore: (ts) => ascending.findLast((time) => time <= ts),
  };
}

/**
 * Works out trips and rollups where events changed: reads only, and says what is to be written. A trip whose events were
 * only appended to is continued, everything else is added up anew.
 */
import { nameOf } from '../../trips/corrections.ts';
import { deriveTrips } from '../../trips/derive-trips.ts';
import { grouped } from '../../trips/grouped.ts';
import { overlaps, type Span } from '../../trips/span.ts';
import { SpanIndex } from '../../trips/span-index.ts';
import { summarize } from '../../trips/summary.ts';
import { addRow, startTotals, type TripTotals } from '../../trips/totals.ts';
import type { Part, Trip } from '../../trips/trip.ts';
import { ContainerFacts } from './container-facts.ts';
import { type Dictionary, loadNames } from './dictionary.ts';
import { type DirtyRow, spanOf } from './dirty.ts';
import { EvidenceReader } from './evidence-reader.ts';
import { DEVICE_TRIPS, FarthestEnd, TRIPS } from './farthest-end.ts';
import type { Database } from './open-database.ts';
import { type Derived, keyOf, type Settled, type TripRow } from './protocol.ts';
import { RowReader } from './row-reader.ts';
import { TRIPS_IN } from './trip-tables.ts';
import { type VehicleGroup, VehicleGroups } from './vehicle-groups.ts';

/** How long one answer may take, milliseconds: others have questions too. */
const MOMENT_MS = 20;

/** Above so many vehicles it is simpler to look at all. */
const MANY_VEHICLES = 100;

const DIRTY = `
  SELECT dirty.*, vehicle, name, loose, dirty_container.first_ts, dirty_container.last_ts, ordered_seq
  FROM dirty JOIN vehicles ON vehicles.id = dirty.vehicle_id
  LEFT JOIN containers AS dirty_container ON dirty_container.id = container`;

export class Deriver {
  readonly #db: Database;
  readonly #names: Dictionary;
  readonly #rows: RowReader;
  readonly #facts: ContainerFacts;
  readonly #evidence: EvidenceReader;
  readonly #groups: VehicleGroups;
  readonly #deviceTripEnds: FarthestEnd;
  readonly #tripEnds: FarthestEnd;
  readonly #sql;

  constructor(db: Database, names: Dictionary, idleMs: number) {
    this.#db = db;
    this.#names = names;
    this.#rows = new RowReader(db, names);
    this.#facts = new ContainerFacts(names, this.#rows);
    this.#evidence = new EvidenceReader(db, idleMs, this.#rows);
    this.#groups = new VehicleGroups(db);
    this.#deviceTripEnds = new FarthestEnd(db, DEVICE_TRIPS);
    this.#tripEnds = new FarthestEnd(db, TRIPS);
    this.#sql = {
      dirty: db.prepare(DIRTY),
      dirtyOf: db.prepare(`${DIRTY} WHERE dirty.vehicle_id = ?`),
      trips: db.prepare(TRIPS_IN),
      runAt: db
        .prepare('SELECT last_ts FROM runs WHERE vehicle_id = ? AND first_ts <= ? ORDER BY first_ts DESC LIMIT 1')
        .pluck(),
      nextRun: db
        .prepare('SELECT first_ts FROM runs WHERE vehicle_id = ? AND first_ts >= ? ORDER BY first_ts LIMIT 1')
        .pluck(),
      // The first to end need not be the first to begin: trips of devices may overlap.
      nextDeviceTrip: db
        .prepare('SELECT min(first_ts) FROM containers WHERE vehicle_id = ? AND loose = 0 AND last_ts BETWEEN ? AND ?')
        .pluck(),
      nextTrip: db.prepare('SELECT min(from_ts) FROM trips WHERE vehicle_id = ? AND to_ts BETWEEN ? AND ?').pluck(),
    };
  }

  /**
   * Works out some of what is dirty, of these vehicles (one names) or all: as many stretches as a moment allows, at least
   * one; empty where nothing is left. `skip` has what was settled before, by `keyOf`.
   */
  next(vehicles: readonly string[] | undefined, skip: ReadonlySet<string>): Derived[] {
    return this.#db.transaction(() => {
      this.#groups.refresh();
      loadNames(this.#db, this.#names);
      for (const each of [this.#evidence, this.#deviceTripEnds, this.#tripEnds]) each.forget();
      const began = performance.now();
      const stretches: Derived[] = [];
      const byVehicle = this.#dirtyOf(vehicles);
      // To look through all that is dirty takes its time too, and is in vain where nothing is worked out then.
      const until = performance.now() + Math.max(MOMENT_MS, performance.now() - began);
      for (const [vehicle, dirty] of byVehicle) {
        for (const derived of this.#stretches(this.#groups.of(vehicle), dirty, skip)) {
          stretches.push(derived);
          if (performance.now() > until) return stretches;
        }
      }
      return stretches;
    })();
  }

  /** What is dirty, by the one names of vehicles. */
  #dirtyOf(vehicles: readonly string[] | undefined): ReadonlyMap<string, DirtyRow[]> {
    const rows =
      vehicles === undefined || vehicles.length > MANY_VEHICLES
        ? this.#sql.dirty.all()
        : vehicles
            .flatMap((vehicle) => this.#evidence.idsOf(this.#groups.of(vehicle)))
            .flatMap((id) => this.#sql.dirtyOf.all(id));
    const wanted = vehicles && new Set(vehicles);
    const byName = grouped(rows as DirtyRow[], ({ vehicle }) => this.#groups.oneName(vehicle));
    return wanted === undefined ? byName : new Map([...byName].filter(([vehicle]) => wanted.has(vehicle)));
  }

  /** A vehicle's stretches one by one. They don't touch each other, so none depends on another's being written. */
  *#stretches(group: VehicleGroup, dirty: readonly DirtyRow[], skip: ReadonlySet<string>): Generator<Derived> {
    const rows = [...dirty];
    const changes = new SpanIndex(
      dirty.filter(({ container }) => container !== 0).map((row) => ({ ...spanOf(row), row })),
    );
    const done = new Set(skip);
    for (let index = 0; index < rows.length; ) {
      const first = rows[index] as DirtyRow;
      if (done.has(keyOf(first))) {
        index++;
        continue;
      }
      const derived = this.#derive(group, first, rows, changes);
      this.#rows.forgetOrder();
      for (const settled of derived.settled) {
        if (settled.remaining_from_ts === null) done.add(keyOf(settled));
        else rows[index] = { ...first, from_ts: settled.remaining_from_ts };
      }
      yield derived;
    }
  }

  #derive(group: VehicleGroup, first: DirtyRow, dirty: readonly DirtyRow[], changes: SpanIndex<Change>): Derived {
    const ids = this.#evidence.idsOf(group);
    const seed = first.container === 0 ? this.#nextSpan(ids, first) : spanOf(first);
    if (seed === undefined) return { ...nothing(group.vehicle), settled: [settled(first, null)] };
    const existing = (window: Span) => this.#existing(ids, window);
    const { window, evidence } = this.#evidence.gather(group, seed, (stretch) => [
      ...existing(stretch).map(tripSpan),
      ...changes.overlapping(stretch),
    ]);
    const touched = [...changes.overlapping(window)].map(({ row }) => row);
    const restructured = dirty.some((row) => row.container === 0 && overlaps(spanOf(row), window));
    const ordered = touched.filter((row) => row.loose === 0).map((row) => this.#facts.findOrder(row));
    const before = new Map(existing(window).map((row) => [row.trip_id, row]));
    const trips = deriveTrips(evidence);
    return {
      vehicle: group.vehicle,
      ...this.#tripRows(group, ids, trips, { before, touched: grouped(touched, tripOf), restructured }),
      rollups: touched.filter((row) => row.name !== null).map((row) => this.#facts.rollUp(group, row)),
      ordered,
      settled: [
        ...touched.map((row) => settled(row, null)),
        ...(first.container === 0 ? [settled(first, window.to < first.to_ts ? window.to + 1 : null)] : []),
      ],
    };
  }

  /** The trips to write and to remove, of those that the window holds now. */
  #tripRows(group: VehicleGroup, ids: readonly number[], trips: readonly Trip[], known: Known) {
    const rows = trips.map((trip) => this.#tripRow(group, ids, trip, known));
    const kept = new Set(trips.map(({ id }) => id));
    return {
      trips: rows.filter((row) => row !== known.before.get(row.trip_id)),
      removed: [...known.before.values()]
        .filter(({ trip_id }) => !kept.has(trip_id))
        .map(({ trip_id, from_ts }) => ({ trip_id, from_ts })),
    };
  }

  #tripRow(group: VehicleGroup, ids: readonly number[], trip: Trip, known: Known): TripRow {
    const before = known.before.get(trip.id);
    const parts = JSON.stringify(trip.parts);
    const firstDirty = firstTouched(trip.parts, known.touched);
    const unchanged = before !== undefined && firstDirty > trip.to && before.parts === parts;
    const resumable =
      before !== undefined && !known.restructured && firstDirty > before.to_ts && continues(trip, before);
    const totals = unchanged || resumable ? (JSON.parse(before.totals) as TripTotals) : startTotals();
    if (!unchanged) {
      const after = resumable ? { ts: before.to_ts, seq: Number.POSITIVE_INFINITY } : undefined;
      for (const row of this.#rows.ofParts(ids, trip.parts, after)) addRow(totals, row);
    }
    const summary = JSON.stringify(summarize(group.vehicle, trip, totals, nameOf(trip, group.corrections)));
    if (unchanged && summary === before.summary) return before;
    const { id: trip_id, from: from_ts, to: to_ts } = trip;
    return { trip_id, from_ts, to_ts, parts, totals: JSON.stringify(totals), summary };
  }

  /** The next stretch of time in which a vehicle has, or had, anything. */
  #nextSpan(ids: readonly number[], { from_ts, to_ts }: DirtyRow): Span | undefined {
    const starts = ids.flatMap((id) => [
      ((this.#sql.runAt.get(id, from_ts) as number | undefined) ?? from_ts - 1) >= from_ts ? from_ts : undefined,
      this.#sql.nextRun.get(id, from_ts) as number | undefined,
      (this.#sql.nextDeviceTrip.get(id, from_ts, this.#deviceTripEnds.ofFirst(id, from_ts)) as number | null) ??
        undefined,
      (this.#sql.nextTrip.get(id, from_ts, this.#tripEnds.ofFirst(id, from_ts)) as number | null) ?? undefined,
    ]);
    const next = Math.max(from_ts, Math.min(...starts.filter((start) => start !== undefined)));
    return next <= to_ts ? { from: next, to: next } : undefined;
  }

  #existing(ids: readonly number[], { from, to }: Span): TripRow[] {
    return ids.flatMap((id) => this.#sql.trips.all(id, from, this.#tripEnds.of(id, { from, to }), to) as TripRow[]);
  }
}

/** A stretch of time in which events of a container changed. */
interface Change extends Span {
  readonly row: DirtyRow;
}

/** What is known of a window before its trips are worked out. */
interface Known {
  readonly before: ReadonlyMap<string, TripRow>;
  /** What changed, by the trip that its events are of: null for loose ones. */
  readonly touched: ReadonlyMap<string | null, readonly DirtyRow[]>;
  /** Whether corrections or names changed, so that a trip may hold other old events than before. */
  readonly restructured: boolean;
}

function tripSpan({ from_ts, to_ts }: TripRow): Span {
  return { from: from_ts, to: to_ts };
}

function settled({ vehicle_id, container }: DirtyRow, remaining_from_ts: number | null): Settled {
  return { vehicle_id, container, remaining_from_ts };
}

function nothing(vehicle: string): Derived {
  return { vehicle, removed: [], trips: [], rollups: [], ordered: [], settled: [] };
}

/** The trip that a container's events are of, as parts of trips name it. */
function tripOf({ loose, name }: DirtyRow): string | null {
  return loose === 1 ? null : name;
}

/** The earliest time in the parts at which events may have changed. */
function firstTouched(parts: readonly Part[], touched: Known['touched']): number {
  let first = Number.POSITIVE_INFINITY;
  for (const part of parts) {
    for (const row of touched.get(part.trip) ?? []) {
      if (overlaps(part, spanOf(row))) first = Math.min(first, Math.max(part.from, row.from_ts));
    }
  }
  return first;
}

/** Whether a trip holds what it held before, and else only later events. */
function continues({ parts }: Trip, before: TripRow): boolean {
  const old = JSON.parse(before.parts) as readonly Part[];
  const grown = (part: Part) =>
    parts.some(({ trip, from, to }) => trip === part.trip && from === part.from && to >= part.to);
  const isOld = (part: Part) => old.some(({ trip, from }) => trip === part.trip && from === part.from);
  return old.every(grown) && parts.every((part) => isOld(part) || part.from > before.to_ts);
}

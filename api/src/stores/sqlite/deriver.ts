/**
 * Works out trips and rollups where events changed: reads only, and says what is to be written. A trip whose events were
 * only appended to is continued, everything else is added up anew.
 */
import { isDeleted, nameOf } from '../../trips/corrections.ts';
import { deriveTrips } from '../../trips/derive-trips.ts';
import { addToRollup, MS_PER_MINUTE, type Rollup } from '../../trips/history.ts';
import { overlaps, type Span } from '../../trips/span.ts';
import { summarize } from '../../trips/summary.ts';
import { addRow, startTotals, type TripTotals } from '../../trips/totals.ts';
import type { Part, Trip } from '../../trips/trip.ts';
import { type Dictionary, loadNames } from './dictionary.ts';
import { EvidenceReader } from './evidence-reader.ts';
import type { Database } from './open-database.ts';
import type { Derived, DerivedRollups, Settled, TripRow } from './protocol.ts';
import { RowReader } from './row-reader.ts';
import { type VehicleGroup, VehicleGroups } from './vehicle-groups.ts';

/** A row of `dirty` with its container. */
interface DirtyRow {
  readonly vehicle_id: number;
  readonly vehicle: string;
  /** 0 for a stretch of time in which trips must be derived anew though no event changed. */
  readonly container: number;
  readonly from_ts: number;
  readonly to_ts: number;
  readonly from_seq: number;
  /** The container's own, null where it is gone. */
  readonly name: string | null;
  readonly loose: number | null;
  readonly first_ts: number | null;
  readonly last_ts: number | null;
  readonly ordered_seq: number | null;
}

export class Deriver {
  readonly #db: Database;
  readonly #names: Dictionary;
  readonly #rows: RowReader;
  readonly #evidence: EvidenceReader;
  readonly #groups: VehicleGroups;
  readonly #sql;

  constructor(db: Database, names: Dictionary, idleMs: number) {
    this.#db = db;
    this.#names = names;
    this.#rows = new RowReader(db, names);
    this.#evidence = new EvidenceReader(db, idleMs, this.#rows);
    this.#groups = new VehicleGroups(db);
    this.#sql = {
      dirty: db.prepare(
        `SELECT dirty.*, vehicle, name, loose, first_ts, last_ts, ordered_seq
         FROM dirty JOIN vehicles ON vehicles.id = dirty.vehicle_id LEFT JOIN containers ON containers.id = container`,
      ),
      trips: db.prepare('SELECT * FROM trips WHERE vehicle_id = ? AND to_ts >= ? AND from_ts <= ?'),
      runAt: db
        .prepare('SELECT last_ts FROM runs WHERE vehicle_id = ? AND first_ts <= ? ORDER BY first_ts DESC LIMIT 1')
        .pluck(),
      nextRun: db
        .prepare('SELECT first_ts FROM runs WHERE vehicle_id = ? AND first_ts >= ? ORDER BY first_ts LIMIT 1')
        .pluck(),
      // The first to end need not be the first to begin: trips of devices may overlap.
      nextDeviceTrip: db
        .prepare('SELECT min(first_ts) FROM containers WHERE vehicle_id = ? AND loose = 0 AND last_ts >= ?')
        .pluck(),
      nextTrip: db.prepare('SELECT min(from_ts) FROM trips WHERE vehicle_id = ? AND to_ts >= ?').pluck(),
    };
  }

  /**
   * Works out one stretch of what is dirty, of these vehicles (one names) or all; null where nothing is. `skip` has what
   * was settled before, as `vehicle_id container`.
   */
  next(vehicles: readonly string[] | undefined, skip: ReadonlySet<string>): Derived | null {
    return this.#db.transaction(() => {
      this.#groups.refresh();
      loadNames(this.#db, this.#names);
      const dirty = (this.#sql.dirty.all() as DirtyRow[])
        .map((row) => ({ ...row, oneName: this.#groups.oneName(row.vehicle) }))
        .filter((row) => vehicles === undefined || vehicles.includes(row.oneName));
      const first = dirty.find((row) => !skip.has(`${row.vehicle_id} ${row.container}`));
      if (first === undefined) return null;
      const own = dirty.filter((row) => row.oneName === first.oneName);
      try {
        return this.#derive(this.#groups.of(first.oneName), first, own);
      } finally {
        this.#rows.forgetOrder();
      }
    })();
  }

  #derive(group: VehicleGroup, first: DirtyRow, dirty: readonly DirtyRow[]): Derived {
    const ids = this.#evidence.idsOf(group);
    const seed = first.container === 0 ? this.#nextSpan(ids, first) : spanOf(first);
    if (seed === undefined) return { ...nothing(group.vehicle), settled: [settled(first, null)] };
    const events = dirty.filter((row) => row.container !== 0);
    const existing = (window: Span) => this.#existing(ids, window);
    const { window, evidence } = this.#evidence.gather(group, seed, (span) => [
      ...existing(span).map(tripSpan),
      ...events.map(spanOf).filter((stretch) => overlaps(stretch, span)),
    ]);
    const touched = events.filter((row) => overlaps(spanOf(row), window));
    const restructured = dirty.some((row) => row.container === 0 && overlaps(spanOf(row), window));
    const ordered = touched.filter((row) => row.loose === 0).map((row) => this.#findOrder(row));
    const before = new Map(existing(window).map((row) => [row.trip_id, row]));
    const trips = deriveTrips(evidence);
    return {
      vehicle: group.vehicle,
      ...this.#tripRows(group, ids, trips, { before, touched, restructured }),
      rollups: touched.filter((row) => row.name !== null).map((row) => this.#rollUp(group, row)),
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
      removed: [...known.before.keys()].filter((id) => !kept.has(id)),
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

  /** Adds up the minutes of a container in which events changed. */
  #rollUp(group: VehicleGroup, row: DirtyRow): DerivedRollups {
    const { from, to } = spanOf(row);
    const first_minute = Math.floor(from / MS_PER_MINUTE);
    const last_minute = Math.floor(to / MS_PER_MINUTE);
    const trip = row.loose === 1 ? null : row.name;
    const container = { id: row.container, loose: row.loose ?? 0, ordered_seq: row.ordered_seq };
    const span = { from: first_minute * MS_PER_MINUTE, to: (last_minute + 1) * MS_PER_MINUTE - 1 };
    const rollups = new Map<number, Rollup>();
    for (const { ts, values } of this.#rows.byTime(container, trip, span)) {
      if (isDeleted(group.combined, { trip, ts })) continue;
      const minute = Math.floor(ts / MS_PER_MINUTE);
      for (const name in values) {
        const signal = this.#names.idOf(name);
        if (signal !== undefined) addToRollup(rollups, minute * NAMES_BOUND + signal, values[name] as number);
      }
    }
    const rows = [...rollups].flatMap(([key, { count, sum, min, max }]) => [
      ...[key % NAMES_BOUND, Math.floor(key / NAMES_BOUND)],
      ...[count, sum, min, max],
    ]);
    const replace = row.from_seq === 0;
    return { container: row.container, first_minute, last_minute, replace, rows: Float64Array.from(rows) };
  }

  /** Whether a device's trip has its seqs in order of time, looking only at what is new where that is enough. */
  #findOrder({ container, ordered_seq, from_seq }: DirtyRow): { container: number; seq: number | null } {
    const known = ordered_seq !== null && from_seq > ordered_seq ? this.#rows.rowAt(container, ordered_seq) : undefined;
    let last = known ?? { ts: Number.NEGATIVE_INFINITY, seq: 0 };
    let seq: number | null = last.seq;
    for (const row of this.#rows.bySeq(container, null, known === undefined ? 0 : from_seq)) {
      if (row.ts < last.ts) {
        seq = null;
        break;
      }
      last = row;
      seq = row.seq;
    }
    this.#rows.noteOrder(container, seq);
    return { container, seq };
  }

  /** The next stretch of time in which a vehicle has, or had, anything. */
  #nextSpan(ids: readonly number[], { from_ts, to_ts }: DirtyRow): Span | undefined {
    const starts = ids.flatMap((id) => [
      ((this.#sql.runAt.get(id, from_ts) as number | undefined) ?? from_ts - 1) >= from_ts ? from_ts : undefined,
      this.#sql.nextRun.get(id, from_ts) as number | undefined,
      (this.#sql.nextDeviceTrip.get(id, from_ts) as number | null) ?? undefined,
      (this.#sql.nextTrip.get(id, from_ts) as number | null) ?? undefined,
    ]);
    const next = Math.max(from_ts, Math.min(...starts.filter((start) => start !== undefined)));
    return next <= to_ts ? { from: next, to: next } : undefined;
  }

  #existing(ids: readonly number[], { from, to }: Span): TripRow[] {
    return ids.flatMap((id) => this.#sql.trips.all(id, from, to) as TripRow[]);
  }
}

/** What is known of a window before its trips are worked out. */
interface Known {
  readonly before: ReadonlyMap<string, TripRow>;
  readonly touched: readonly DirtyRow[];
  /** Whether corrections or names changed, so that a trip may hold other old events than before. */
  readonly restructured: boolean;
}

/** Above every number of a name. */
const NAMES_BOUND = 2 ** 17;

/** The stretch of time that a row makes dirty; of a container never more than it has. */
function spanOf({ from_ts, to_ts, first_ts, last_ts }: DirtyRow): Span {
  return { from: Math.max(from_ts, first_ts ?? from_ts), to: Math.min(to_ts, last_ts ?? to_ts) };
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

/** The earliest time in the parts at which events may have changed. */
function firstTouched(parts: readonly Part[], touched: readonly DirtyRow[]): number {
  const times = touched.flatMap((row) => {
    const trip = row.loose === 1 ? null : row.name;
    const own = parts.filter((part) => part.trip === trip && overlaps(part, spanOf(row)));
    return own.map((part) => Math.max(part.from, row.from_ts));
  });
  return Math.min(Number.POSITIVE_INFINITY, ...times);
}

/** Whether a trip holds what it held before, and else only later events. */
function continues({ parts }: Trip, before: TripRow): boolean {
  const old = JSON.parse(before.parts) as readonly Part[];
  const grown = (part: Part) =>
    parts.some(({ trip, from, to }) => trip === part.trip && from === part.from && to >= part.to);
  const isOld = (part: Part) => old.some(({ trip, from }) => trip === part.trip && from === part.from);
  return old.every(grown) && parts.every((part) => isOld(part) || part.from > before.to_ts);
}

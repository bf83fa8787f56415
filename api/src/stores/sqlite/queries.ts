/** Answers questions about what was derived: reads only, and expects that what is asked for is settled. */
import type { LatestState, StoreSize, TripLookup, TripPage, TripQuery } from '../../ports.ts';
import { MS_PER_MINUTE } from '../../trips/history.ts';
import { newestOf } from '../../trips/latest.ts';
import { seqRanges } from '../../trips/seq-ranges.ts';
import type { Span } from '../../trips/span.ts';
import type { TripSummary } from '../../trips/summary.ts';
import type { TripTotals } from '../../trips/totals.ts';
import type { Part } from '../../trips/trip.ts';
import { type ListedTrip, toPage } from '../../trips/trip-page.ts';
import { type Dictionary, loadNames, type NameRow } from './dictionary.ts';
import type { Database } from './open-database.ts';
import { packHistory } from './packed-history.ts';
import type { HistoryRows, RowPage, TripRow } from './protocol.ts';
import { RecordCopy } from './record-copy.ts';
import { type Position, RowReader } from './row-reader.ts';
import { TripFinder } from './trip-finder.ts';
import { VehicleGroups } from './vehicle-groups.ts';
import { VehicleIds } from './vehicle-ids.ts';

/** Trips that are looked through for the newest of each signal. */
const LATEST_TRIPS = 20;

export class Queries {
  readonly #db: Database;
  readonly #names: Dictionary;
  readonly #groups: VehicleGroups;
  readonly #ids: VehicleIds;
  readonly #finder: TripFinder;
  readonly #rows: RowReader;
  readonly #sql;

  constructor(db: Database, names: Dictionary) {
    this.#db = db;
    this.#names = names;
    this.#groups = new VehicleGroups(db);
    this.#ids = new VehicleIds(db);
    this.#finder = new TripFinder(db, this.#groups, this.#ids);
    this.#rows = new RowReader(db, names);
    this.#sql = {
      allVehicles: db.prepare('SELECT vehicle FROM vehicles ORDER BY vehicle').pluck(),
      newest: db.prepare('SELECT max(last_ts) FROM containers').pluck(),
      names: db.prepare('SELECT id, name, decimals FROM names WHERE id > ?'),
      active: db.prepare(
        `SELECT vehicle, (SELECT max(to_ts) FROM trips WHERE vehicle_id = vehicles.id) AS last_ts
         FROM vehicles WHERE last_ts IS NOT NULL ORDER BY vehicle`,
      ),
      newestTrips: db.prepare(
        'SELECT * FROM trips WHERE vehicle_id = ? ORDER BY to_ts DESC, from_ts DESC, trip_id DESC LIMIT ?',
      ),
      containers: db.prepare('SELECT id FROM containers WHERE vehicle_id = ? AND name = ?').pluck(),
      containersIn: db
        .prepare('SELECT id FROM containers WHERE vehicle_id = ? AND loose = ? AND last_ts >= ? AND first_ts <= ?')
        .pluck(),
      rollups: db
        .prepare(
          // As pages of events are: thousands of values of their own would take longer to hand over.
          `SELECT CAST(group_concat(row, '') AS BLOB) FROM (
             SELECT row FROM rollups WHERE container = ? AND signal = ? AND minute BETWEEN ? AND ? ORDER BY minute)`,
        )
        .pluck(),
      events: db.prepare('SELECT sum(event_count) FROM containers').pluck(),
    };
  }

  /** What a process keeps in memory from the start. */
  overview() {
    const newest = this.#sql.newest.get() as number | null;
    return { newest: newest ?? undefined, vehicles: this.#sql.allVehicles.all() as string[], names: this.names(0) };
  }

  /** The names with a number above one. */
  names(after: number): NameRow[] {
    return this.#sql.names.all(after) as NameRow[];
  }

  vehicles() {
    return this.#sql.active.all() as { vehicle: string; last_ts: number }[];
  }

  latest(vehicles: readonly string[]): LatestState[] {
    return vehicles.flatMap((vehicle) => {
      const rows = this.#sql.newestTrips.all(this.#ids.of(vehicle), LATEST_TRIPS) as TripRow[];
      const [newest] = rows;
      if (newest === undefined) return [];
      const totals = rows.map((row) => JSON.parse(row.totals) as TripTotals);
      return [{ vehicle, trip_id: newest.trip_id, last_ts: newest.to_ts, ...newestOf(totals) }];
    });
  }

  trips({ vehicles, span, limit, after }: TripQuery): TripPage {
    const ids = vehicles?.map((vehicle) => this.#ids.of(vehicle)).filter((id) => id !== undefined);
    const scope = ids === undefined ? '' : `AND vehicle_id IN (${ids.join()})`;
    const cursor = after === undefined ? '' : 'AND (from_ts, vehicle, trip_id) < (@from, @vehicle, @trip_id)';
    const rows = this.#db
      .prepare(
        `SELECT from_ts, vehicle, trip_id, summary FROM trips JOIN vehicles ON vehicles.id = vehicle_id
         WHERE from_ts <= @last AND to_ts >= @first ${scope} ${cursor}
         ORDER BY from_ts DESC, vehicle DESC, trip_id DESC LIMIT @limit`,
      )
      .all({ first: span.from, last: Math.min(span.to, after?.from ?? span.to), limit: limit + 1, ...after }) as {
      from_ts: number;
      vehicle: string;
      trip_id: string;
      summary: string;
    }[];
    const listed = rows.map(
      ({ from_ts, vehicle, trip_id, summary }): ListedTrip => ({
        from: from_ts,
        vehicle,
        trip_id,
        summary: JSON.parse(summary) as TripSummary,
      }),
    );
    return toPage(listed, limit);
  }

  trip(tripId: string, vehicles: readonly string[] | undefined): TripLookup {
    this.#groups.refresh();
    return this.#finder.find(tripId, vehicles);
  }

  /** About `limit` events of a trip after a position; events of one (ts, seq) are never parted. */
  page(vehicle: string, parts: readonly Part[], after: Position | undefined, limit: number): RowPage {
    this.#groups.refresh();
    loadNames(this.#db, this.#names);
    const copy = new RecordCopy();
    const owners: { count: number; trip: string | null }[] = [];
    let count = 0;
    let last: Position | undefined;
    let more = false;
    for (const row of this.#rows.ofParts(this.#ids.ofAll(this.#groups.of(vehicle)), parts, after)) {
      more = count >= limit && (row.ts !== last?.ts || row.seq !== last.seq);
      if (more) break;
      copy.add(row);
      const owner = owners.at(-1);
      if (owner !== undefined && owner.trip === row.trip) owner.count++;
      else owners.push({ count: 1, trip: row.trip });
      last = row;
      count++;
    }
    return { bytes: copy.take(), owners, more, last_name: this.#names.last };
  }

  /** Ranges of seqs, two numbers each. */
  seqs(vehicle: string, tripId: string): { readonly packed: Float64Array<ArrayBuffer> } {
    this.#groups.refresh();
    const own = this.#ids
      .ofAll(this.#groups.of(vehicle))
      .flatMap((id) => this.#sql.containers.all(id, tripId) as number[]);
    const seqs = own.flatMap((id) =>
      [...this.#rows.bySeq(id, tripId)].filter((row) => row.seq !== row.ts).map(({ seq }) => seq),
    );
    const ranges = seqRanges(own.length > 1 ? seqs.sort((a, b) => a - b) : seqs);
    // A hundred thousand pairs would take longer to hand over than to find.
    return { packed: Float64Array.from(ranges.flat()) };
  }

  history(vehicle: string, signal: string, span: Span, stepMs: number): HistoryRows {
    this.#groups.refresh();
    loadNames(this.#db, this.#names);
    const id = this.#names.idOf(signal);
    if (id === undefined) return { packed: new Float64Array() };
    const [first, last] = [Math.floor(span.from / MS_PER_MINUTE), Math.floor(span.to / MS_PER_MINUTE)];
    const containers = this.#ids
      .ofAll(this.#groups.of(vehicle))
      .flatMap((vehicleId) =>
        [0, 1].flatMap((loose) => this.#sql.containersIn.all(vehicleId, loose, span.from, span.to) as number[]),
      );
    const parts = containers.map((each) => this.#sql.rollups.get(each, id, first, last) as Buffer | null);
    return {
      packed: packHistory(
        parts.filter((part) => part !== null),
        stepMs,
      ),
    };
  }

  size(): StoreSize {
    const pages = this.#db.pragma('page_count', { simple: true }) as number;
    const bytes = pages * (this.#db.pragma('page_size', { simple: true }) as number);
    return { bytes, events: (this.#sql.events.get() as number | null) ?? 0 };
  }
}

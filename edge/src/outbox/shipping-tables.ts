/** Reads what is to be sent, and deletes what was. */
import type { SignalValues } from '@fleet/contract';
import type { Lines, OutboxTrip } from '../ports.ts';
import { eventLine } from '../trip/event-line.ts';
import { rangesOf, type SeqRange } from '../trip/seq-set.ts';
import type { Database } from './open-file.ts';
import { SIGNAL_COLUMNS } from './schema.ts';

const TRIP_COLUMNS = 'trip_id, vehicle, vin, started_at, ended_at';
/** Before the signals in a row. */
const HEAD_COLUMNS = ['seq', 'ts', 'dtcs', 'more_json'];

export class ShippingTables {
  readonly #sql;

  constructor(db: Database) {
    const undated = '(SELECT boot FROM clock WHERE offset_ms IS NULL)';
    const range = 'WHERE trip_id = ? AND seq BETWEEN ? AND ?';
    this.#sql = {
      trips: db.prepare(`SELECT ${TRIP_COLUMNS} FROM trips WHERE completed_at IS NULL ORDER BY rowid`),
      trip: db.prepare(`SELECT ${TRIP_COLUMNS} FROM trips WHERE trip_id = ?`),
      lastSeq: db.prepare('SELECT max(seq) FROM events WHERE trip_id = ?').pluck(),
      undatedBoots: db.prepare('SELECT count(*) FROM clock WHERE offset_ms IS NULL').pluck(),
      undated: db.prepare(`SELECT 1 FROM events WHERE trip_id = ? AND boot IN ${undated} LIMIT 1`).pluck(),
      bounds: db.prepare(
        `SELECT (SELECT ts FROM events WHERE trip_id = @id ORDER BY seq LIMIT 1) AS first,
           (SELECT ts FROM events WHERE trip_id = @id ORDER BY seq DESC LIMIT 1) AS last`,
      ),
      seqs: db.prepare(`SELECT seq FROM events ${range} ORDER BY seq`).pluck(),
      rows: db
        .prepare(
          `SELECT ${[...HEAD_COLUMNS, ...SIGNAL_COLUMNS].join(', ')} FROM events
           ${range} ORDER BY seq LIMIT ?`,
        )
        .raw(),
      pin: db.prepare('UPDATE trips SET vehicle = ? WHERE trip_id = ? AND vehicle IS NULL'),
      unpin: db.prepare('UPDATE trips SET vehicle = NULL WHERE trip_id = ?'),
      move: db.prepare('UPDATE OR IGNORE events SET trip_id = ?, seq = ? WHERE trip_id = ? AND seq = ?'),
      copyTrip: db.prepare(
        `INSERT INTO trips (trip_id, vin, started_at, ended_at, vehicle)
         SELECT ?, vin, started_at, coalesce(ended_at, started_at), vehicle FROM trips WHERE trip_id = ?`,
      ),
      boundsOfMoved: db.prepare(
        `UPDATE trips SET started_at = (SELECT min(ts) FROM events WHERE trip_id = @id),
           ended_at = (SELECT max(ts) FROM events WHERE trip_id = @id)
         WHERE trip_id = @id AND EXISTS (SELECT 1 FROM events WHERE trip_id = @id)`,
      ),
      setAside: db.prepare('INSERT OR REPLACE INTO set_aside VALUES (?, ?, ?)'),
      asideSeqs: db.prepare('SELECT seq FROM set_aside WHERE trip_id = ? ORDER BY seq').pluck(),
      asideCount: db.prepare('SELECT count(*) FROM set_aside').pluck(),
      deleteEvents: db.prepare(
        `DELETE FROM events ${range} AND seq NOT IN (SELECT seq FROM set_aside WHERE trip_id = events.trip_id)`,
      ),
      noteComplete: db.prepare('UPDATE trips SET completed_at = ? WHERE trip_id = ?'),
      deleteTrip: db.prepare(
        'DELETE FROM trips WHERE trip_id = @id AND NOT EXISTS (SELECT 1 FROM set_aside WHERE trip_id = @id)',
      ),
    };
  }

  trips(): OutboxTrip[] {
    return this.#sql.trips.all() as OutboxTrip[];
  }

  trip(tripId: string): OutboxTrip | undefined {
    return this.#sql.trip.get(tripId) as OutboxTrip | undefined;
  }

  /** 0 where there is none. */
  lastSeq(tripId: string): number {
    return (this.#sql.lastSeq.get(tripId) as number | null) ?? 0;
  }

  /** Whether it has events without a time, or, at its ends, any after `latest`. */
  isUndated(tripId: string, latest: string): boolean {
    if (this.#sql.undatedBoots.get() !== 0 && this.#sql.undated.get(tripId) === 1) return true;
    const { first, last } = this.#sql.bounds.get({ id: tripId }) as { first: string | null; last: string | null };
    return (first ?? '') > latest || (last ?? '') > latest;
  }

  /** The seqs in a range that there are events of. */
  seqs(tripId: string, [first, last]: SeqRange): SeqRange[] {
    return rangesOf(this.#sql.seqs.all(tripId, first, last) as number[]);
  }

  /** At most so many events of a range. */
  lines({ trip_id, vehicle }: OutboxTrip, [first, last]: SeqRange, most: number): Lines {
    const rows = this.#sql.rows.all(trip_id, first, last, most) as Row[];
    const seqs = rows.map(([seq]) => seq);
    return { seqs, lines: rows.map((row) => lineOf(row, { vehicle: vehicle ?? '', trip_id })) };
  }

  pinVehicle(tripId: string, vehicle: string): void {
    this.#sql.pin.run(vehicle, tripId);
  }

  unpinVehicle(tripId: string): void {
    this.#sql.unpin.run(tripId);
  }

  /** Moves events to another trip, which is made if it is not there. */
  move(tripId: string, seqs: readonly number[], toTripId: string): void {
    if (this.trip(toTripId) === undefined) this.#sql.copyTrip.run(toTripId, tripId);
    let next = this.lastSeq(toTripId) + 1;
    for (const seq of seqs) {
      this.#sql.move.run(toTripId, next, tripId, seq);
      next++;
    }
    this.#sql.boundsOfMoved.run({ id: toTripId });
  }

  setAside(tripId: string, seq: number, why: string): void {
    this.#sql.setAside.run(tripId, seq, why);
  }

  asideSeqs(tripId: string): number[] {
    return this.#sql.asideSeqs.all(tripId) as number[];
  }

  asideCount(): number {
    return this.#sql.asideCount.get() as number;
  }

  /** Deletes events of a range; those that were set aside stay. How many went. */
  deleteEvents(tripId: string, [first, last]: SeqRange): number {
    return this.#sql.deleteEvents.run(tripId, first, last).changes;
  }

  /** Deletes a trip that the server has; what of it was set aside stays. */
  deleteTrip(tripId: string, at: string): void {
    this.#sql.deleteEvents.run(tripId, 1, Number.MAX_SAFE_INTEGER);
    this.#sql.noteComplete.run(at, tripId);
    this.#sql.deleteTrip.run({ id: tripId });
  }
}

type Row = readonly [seq: number, ts: string, dtcs: string | null, more: string | null, ...(number | null)[]];

function lineOf(row: Row, trip: { readonly vehicle: string; readonly trip_id: string }): string {
  const [seq, ts, dtcs, more] = row;
  const values: Record<string, number> = more === null ? {} : (JSON.parse(more) as Record<string, number>);
  for (const [at, name] of SIGNAL_COLUMNS.entries()) {
    const value = row[HEAD_COLUMNS.length + at];
    if (typeof value === 'number') values[name] = value;
  }
  return eventLine({ ...trip, seq, ts }, values as SignalValues, dtcs === null ? null : (JSON.parse(dtcs) as string[]));
}

/**
 * How far behind a stretch of time rows may end that overlap it. An index by the ends of rows alone does not say: it is
 * read to its end for each stretch, which for thousands of stretches is thousands of times too much.
 */
import { EVER, type Span } from '../../trips/span.ts';
import type { Database } from './open-database.ts';

/** The rows of a table, as conditions and expressions of SQL: `last` is what the index goes by, after the vehicle. */
export interface SpanTable {
  readonly from: string;
  readonly first: string;
  readonly last: string;
}

export const DEVICE_TRIPS: SpanTable = { from: 'containers WHERE loose = 0 AND', first: 'first_ts', last: 'last_ts' };
export const TRIPS: SpanTable = { from: 'trips WHERE', first: 'from_ts', last: 'to_ts' };

/** So few rows are read sooner than it is found out how long the longest is. */
const FEW = 100;

export class FarthestEnd {
  readonly #sql;
  /** How long a vehicle's longest row is, milliseconds. */
  readonly #longest = new Map<number, number>();

  constructor(db: Database, { from, first, last }: SpanTable) {
    const ending = `SELECT ${last} FROM ${from} vehicle_id = ? AND ${last} >= ? ORDER BY ${last} LIMIT 1`;
    this.#sql = {
      next: db.prepare(ending).pluck(),
      farther: db.prepare(`${ending} OFFSET ${FEW}`).pluck(),
      longest: db.prepare(`SELECT max(${last} - ${first}) FROM ${from} vehicle_id = ?`).pluck(),
    };
  }

  /** Rows may have changed since. */
  forget(): void {
    this.#longest.clear();
  }

  /** No row of the vehicle that overlaps the stretch ends later. */
  of(vehicleId: number, { from, to }: Span): number {
    const isCrowded = this.#sql.farther.get(vehicleId, from) !== undefined;
    return isCrowded ? to + this.#longestOf(vehicleId) : EVER.to;
  }

  /** Of the rows that end at an instant or behind it, the first to begin does not end later. */
  ofFirst(vehicleId: number, from: number): number {
    const next = this.#sql.next.get(vehicleId, from) as number | undefined;
    return next === undefined ? from : this.of(vehicleId, { from, to: next });
  }

  #longestOf(vehicleId: number): number {
    const known = this.#longest.get(vehicleId) ?? (this.#sql.longest.get(vehicleId) as number);
    this.#longest.set(vehicleId, known);
    return known;
  }
}

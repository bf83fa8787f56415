/** Writes what is recorded: trips, events, and what the clock of a boot was worth. */
import { formatTimestamp } from '@fleet/contract';
import type { RecordedEvent } from '../ports.ts';
import type { KnownTime } from '../trip/time.ts';
import type { Database } from './open-file.ts';
import { SIGNAL_COLUMNS } from './schema.ts';

/** A trip that begins. */
export interface NewTrip {
  readonly trip_id: string;
  readonly started_at: string;
  readonly vin: string | null;
}

/** The last event of a trip that was going on. */
export interface LeftOnDisk {
  readonly trip_id: string;
  readonly seq: number;
  readonly ts: string;
  readonly mono_ms: number;
  /** 1 or 0. */
  readonly same_boot: number;
  /** Whether its time is known, 1 or 0. */
  readonly dated: number;
}

const LAST_TS = 'SELECT ts FROM events WHERE trip_id = trips.trip_id ORDER BY seq DESC LIMIT 1';

const EVENT_COLUMNS = ['trip_id', 'seq', 'ts', ...SIGNAL_COLUMNS, 'dtcs', 'more_json', 'boot', 'mono_ms'];

export class RecorderTables {
  readonly #sql;

  constructor(db: Database) {
    db.function('iso', { deterministic: true }, (ms: unknown) => formatTimestamp(Number(ms)));
    this.#sql = {
      boot: db.prepare('SELECT boot, source, offset_ms FROM clock WHERE boot_id = ?'),
      addBoot: db.prepare('INSERT INTO clock (boot_id) VALUES (?)'),
      setClock: db.prepare('UPDATE clock SET source = ?, offset_ms = ? WHERE boot = ?'),
      retimeEvents: db.prepare('UPDATE events SET ts = iso(mono_ms + ?) WHERE boot = ?'),
      retimeTrips: db.prepare(
        `UPDATE trips SET
           started_at = coalesce((SELECT ts FROM events WHERE trip_id = trips.trip_id ORDER BY seq LIMIT 1), started_at),
           ended_at = iif(ended_at IS NULL, NULL,
             coalesce((${LAST_TS}), ended_at))
         WHERE trip_id IN (SELECT trip_id FROM events WHERE boot = ?)`,
      ),
      beginTrip: db.prepare('INSERT OR IGNORE INTO trips (trip_id, started_at, vin) VALUES (?, ?, ?)'),
      endTrip: db.prepare('UPDATE trips SET ended_at = ? WHERE trip_id = ? AND ended_at IS NULL'),
      endTrips: db.prepare(
        `UPDATE trips SET ended_at = coalesce((${LAST_TS}), started_at) WHERE ended_at IS NULL AND trip_id IS NOT ?`,
      ),
      left: db.prepare(
        `SELECT trip_id, seq, ts, mono_ms, boot = ? AS same_boot,
           boot IN (SELECT boot FROM clock WHERE offset_ms IS NOT NULL) AS dated
         FROM events WHERE trip_id = (SELECT trip_id FROM trips WHERE ended_at IS NULL ORDER BY rowid DESC LIMIT 1)
         ORDER BY seq DESC LIMIT 1`,
      ),
      noteLog: db.prepare('INSERT OR REPLACE INTO logs VALUES (?, ?)'),
      logSize: db.prepare('SELECT size FROM logs WHERE name = ?').pluck(),
      setVin: db.prepare('UPDATE trips SET vin = ? WHERE trip_id = ? AND vin IS NULL'),
      addEvent: db.prepare(
        `INSERT OR IGNORE INTO events (${EVENT_COLUMNS.join(', ')}) VALUES (${EVENT_COLUMNS.map(() => '?').join(', ')})`,
      ),
    };
  }

  /** The number of a boot and what was known of its time. */
  boot(bootId: string): { readonly boot: number; readonly known: KnownTime | null } {
    const row = this.#sql.boot.get(bootId) as
      | { boot: number; source: KnownTime['source'] | null; offset_ms: number }
      | undefined;
    if (row === undefined) return { boot: Number(this.#sql.addBoot.run(bootId).lastInsertRowid), known: null };
    const known = row.source === null ? null : { source: row.source, offsetMs: row.offset_ms };
    return { boot: row.boot, known };
  }

  setClock(boot: number, { source, offsetMs }: KnownTime): void {
    this.#sql.setClock.run(source, offsetMs, boot);
  }

  /** Gives every event of a boot the time that its clock was worth. */
  retime(boot: number, offsetMs: number): void {
    this.#sql.retimeEvents.run(offsetMs, boot);
    this.#sql.retimeTrips.run(boot);
  }

  beginTrip({ trip_id, started_at, vin }: NewTrip): void {
    this.#sql.beginTrip.run(trip_id, started_at, vin);
  }

  endTrip(tripId: string, endedAt: string): void {
    this.#sql.endTrip.run(endedAt, tripId);
  }

  endTrips(but: string | null): void {
    this.#sql.endTrips.run(but);
  }

  leftTrip(boot: number): LeftOnDisk | undefined {
    return this.#sql.left.get(boot) as LeftOnDisk | undefined;
  }

  noteLog(name: string, size: number): void {
    this.#sql.noteLog.run(name, size);
  }

  logSize(name: string): number | undefined {
    return this.#sql.logSize.get(name) as number | undefined;
  }

  setVin(tripId: string, vin: string): void {
    this.#sql.setVin.run(vin, tripId);
  }

  addEvent({ trip_id, seq, ts_ms, values, dtcs, mono_ms }: RecordedEvent, boot: number): void {
    const more = Object.entries(values).filter(([name]) => !SIGNAL_COLUMNS.includes(name));
    this.#sql.addEvent.run(
      trip_id,
      seq,
      formatTimestamp(ts_ms),
      ...SIGNAL_COLUMNS.map((name) => values[name] ?? null),
      dtcs === undefined ? null : JSON.stringify(dtcs),
      more.length === 0 ? null : JSON.stringify(Object.fromEntries(more)),
      boot,
      Math.round(mono_ms),
    );
  }
}

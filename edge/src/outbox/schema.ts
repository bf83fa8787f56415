/** The outbox's tables: the two that every device keeps, and what sending needs. */
import { SIGNAL_NAMES } from '@fleet/contract';

/** Signals as columns, in the table's order. */
export const SIGNAL_COLUMNS: readonly string[] = SIGNAL_NAMES;

/**
 * `clock` has what the monotonic clock of a boot was worth in UTC; boot 0 is for events that came with their own time.
 * `sent` are ranges of seqs whose fate is known: stored by the server, or set aside. `chunks` are parts of trips as they
 * are uploaded. `logs` are files of other loggers that were taken over.
 */
export const TABLES = `
CREATE TABLE IF NOT EXISTS trips (
  trip_id TEXT PRIMARY KEY,
  vin TEXT,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  meta_json TEXT,
  vehicle TEXT,
  completed_at TEXT
);
CREATE TABLE IF NOT EXISTS events (
  trip_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  ts TEXT NOT NULL,
  ${SIGNAL_COLUMNS.map((name) => `${name} REAL`).join(', ')},
  dtcs TEXT,
  more_json TEXT,
  boot INTEGER NOT NULL,
  mono_ms INTEGER NOT NULL,
  PRIMARY KEY (trip_id, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS clock (
  boot INTEGER PRIMARY KEY,
  boot_id TEXT NOT NULL UNIQUE,
  source TEXT,
  offset_ms INTEGER
);
INSERT OR IGNORE INTO clock (boot, boot_id, source, offset_ms) VALUES (0, 'none', 'own', 0);
CREATE TABLE IF NOT EXISTS sent (
  trip_id TEXT NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  PRIMARY KEY (trip_id, first_seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chunks (
  trip_id TEXT NOT NULL,
  no INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  sha256 TEXT,
  size_bytes INTEGER,
  event_count INTEGER,
  PRIMARY KEY (trip_id, no)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS set_aside (
  trip_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (trip_id, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS logs (name TEXT PRIMARY KEY, size INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
`;

/** Every table, those first that others speak of. */
export const TABLE_NAMES = ['clock', 'trips', 'events', 'sent', 'chunks', 'set_aside', 'logs', 'counters'] as const;

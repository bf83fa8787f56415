/**
 * The file's tables. Each step is applied once, in a transaction; `user_version` says how many were.
 * @see docs/adr/0005-sqlite-holds-packed-records.md
 */

/** Steps from an empty file to today's tables: only ever appended to. */
export const MIGRATIONS: readonly string[] = [
  `
  -- idle_ms: the idle timeout that runs and trips were made with. registry_version: counts changes of documents.
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  INSERT INTO meta VALUES ('idle_ms', 0), ('registry_version', 0);

  -- Numbers for the names of signals and sources, as records use them. decimals: how a signal's values are packed.
  CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, decimals INTEGER NOT NULL);

  -- Vehicles as they were named when their events came.
  CREATE TABLE vehicles (id INTEGER PRIMARY KEY, vehicle TEXT NOT NULL UNIQUE);

  -- A device's trip, or a UTC day of loose events. Up to ordered_seq the order of seq is known to be that of time.
  -- A number is never used again: what is derived from a container that went may come late.
  CREATE TABLE containers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    vehicle_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    loose INTEGER NOT NULL,
    first_ts INTEGER NOT NULL,
    last_ts INTEGER NOT NULL,
    event_count INTEGER NOT NULL,
    ordered_seq INTEGER,
    UNIQUE (vehicle_id, name)
  );
  CREATE INDEX containers_by_end ON containers (vehicle_id, loose, last_ts, first_ts);

  CREATE TABLE events (
    container INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (container, seq)
  ) WITHOUT ROWID;

  -- A commit in a row, on its way to the events table: packed has count events, of which kept are to be kept.
  CREATE TABLE inbox (id INTEGER PRIMARY KEY, count INTEGER NOT NULL, kept INTEGER NOT NULL, packed BLOB NOT NULL);

  -- Loose events as runs without a gap above the idle timeout.
  CREATE TABLE runs (
    vehicle_id INTEGER NOT NULL,
    first_ts INTEGER NOT NULL,
    last_ts INTEGER NOT NULL,
    PRIMARY KEY (vehicle_id, first_ts)
  ) WITHOUT ROWID;

  -- What commits touched and trips don't show yet: events from there on, or (container 0) trips in a stretch of time.
  CREATE TABLE dirty (
    vehicle_id INTEGER NOT NULL,
    container INTEGER NOT NULL,
    from_ts INTEGER NOT NULL,
    to_ts INTEGER NOT NULL,
    from_seq INTEGER NOT NULL,
    PRIMARY KEY (vehicle_id, container)
  ) WITHOUT ROWID;

  -- Derived from events: trips with their totals, under the one name of their vehicle.
  CREATE TABLE trips (
    vehicle_id INTEGER NOT NULL,
    trip_id TEXT NOT NULL,
    from_ts INTEGER NOT NULL,
    to_ts INTEGER NOT NULL,
    parts TEXT NOT NULL,
    totals TEXT NOT NULL,
    summary TEXT NOT NULL,
    PRIMARY KEY (vehicle_id, trip_id)
  ) WITHOUT ROWID;
  CREATE INDEX trips_by_start ON trips (from_ts, vehicle_id, trip_id);
  CREATE INDEX trips_by_end ON trips (vehicle_id, to_ts, from_ts);
  CREATE INDEX trips_by_id ON trips (trip_id);

  -- Derived from events: what a signal's values in a minute (since 1970) add up to.
  CREATE TABLE rollups (
    container INTEGER NOT NULL,
    signal INTEGER NOT NULL,
    minute INTEGER NOT NULL,
    count INTEGER NOT NULL,
    sum REAL NOT NULL,
    min REAL NOT NULL,
    max REAL NOT NULL,
    PRIMARY KEY (container, signal, minute)
  ) WITHOUT ROWID;

  -- The registry.
  CREATE TABLE documents (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    owner TEXT NOT NULL,
    at INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, id)
  ) WITHOUT ROWID;
  CREATE INDEX documents_by_time ON documents (kind, at, id);
  CREATE INDEX documents_by_owner ON documents (kind, owner, at, id);
  `,
  `
  -- Derived from events: what a signal's values in a minute (since 1970) add up to, as MINUTE_COLUMNS has it. A month of
  -- them is read as one string of bytes. All are worked out anew.
  DROP TABLE rollups;
  CREATE TABLE rollups (
    container INTEGER NOT NULL,
    signal INTEGER NOT NULL,
    minute INTEGER NOT NULL,
    row BLOB NOT NULL,
    PRIMARY KEY (container, signal, minute)
  ) WITHOUT ROWID;
  INSERT OR REPLACE INTO dirty SELECT vehicle_id, id, first_ts, last_ts, 0 FROM containers;
  `,
];

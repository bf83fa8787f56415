/** Reads what can be read of a damaged file: each table from its beginning, then from its end, up to where it is broken. */
import Database from 'better-sqlite3';
import { TABLE_NAMES } from './schema.ts';

/** Rows that are written in one transaction. */
const AT_ONCE = 1_000;

type Row = Readonly<Record<string, unknown>>;

/** Copies into a new file what a damaged one still tells; the number of events. */
export function salvage(damaged: string, into: Database.Database): number {
  let db: Database.Database | undefined;
  try {
    db = new Database(damaged, { readonly: true });
    for (const table of TABLE_NAMES) salvageTable(db, into, table);
  } catch {
    // Not even its first page can be read: there is nothing to take over.
  } finally {
    db?.close();
  }
  closeTrips(into);
  return into.prepare('SELECT count(*) FROM events').pluck().get() as number;
}

function salvageTable(from: Database.Database, into: Database.Database, table: string): void {
  const columns = (into.pragma(`table_info(${table})`) as { name: string; pk: number }[]).toSorted(
    (a, b) => a.pk - b.pk,
  );
  const names = columns.map(({ name }) => name);
  const keys = columns.filter(({ pk }) => pk > 0).map(({ name }) => name);
  const insert = into.prepare(
    `INSERT OR REPLACE INTO ${table} (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`,
  );
  const write = into.transaction((rows: readonly Row[]) => {
    for (const row of rows) insert.run(row);
  });
  const empty = Object.fromEntries(names.map((name) => [name, null]));
  for (const direction of ['ASC', 'DESC']) {
    const order = keys.map((key) => `${key} ${direction}`).join(', ');
    const whole = readUntilBroken(from, `SELECT * FROM ${table} ORDER BY ${order}`, (rows) =>
      write(rows.map((row) => pick({ ...empty, ...row }, names))),
    );
    if (whole) return;
  }
}

/** Whether all of it could be read. */
function readUntilBroken(db: Database.Database, query: string, take: (rows: readonly Row[]) => void): boolean {
  let rows: Row[] = [];
  try {
    for (const row of db.prepare(query).iterate()) {
      rows.push(row as Row);
      if (rows.length >= AT_ONCE) {
        take(rows);
        rows = [];
      }
    }
    return true;
  } catch {
    return false;
  } finally {
    take(rows);
  }
}

function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}

/** No trip goes on: seqs that were lost must not be given to other events. A trip whose row was lost gets one again. */
function closeTrips(db: Database.Database): void {
  db.exec(`
    INSERT OR IGNORE INTO trips (trip_id, started_at) SELECT trip_id, min(ts) FROM events GROUP BY trip_id;
    UPDATE trips SET ended_at = coalesce(
      (SELECT ts FROM events WHERE events.trip_id = trips.trip_id ORDER BY seq DESC LIMIT 1), started_at
    ) WHERE ended_at IS NULL;
  `);
}

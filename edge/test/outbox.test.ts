/** The outbox: what is committed, given out, marked, kept within bounds, and read from a damaged file. */
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { SIGNAL_NAMES } from '@fleet/contract';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { OUTBOX_FILE } from '../src/outbox/outbox.ts';
import { CHUNK_LINES } from '../src/uplink/trip-upload.ts';
import { BEGAN_MS, createLog, driven, openOutbox, TRIP, useFolders, withTrip } from './outbox-kit.ts';

const folderFor = useFolders();
const ALL = [1, Number.MAX_SAFE_INTEGER] as const;

describe('recording', () => {
  test('an event is given out when it is committed, not before', () => {
    const outbox = withTrip(openOutbox(folderFor()), 2, { ended: false });
    outbox.record(driven(3, 3)[0]!);

    expect(outbox.shipping.unsent(TRIP)).toEqual([[1, 2]]);
    outbox.commit();
    expect(outbox.shipping.unsent(TRIP)).toEqual([[1, 3]]);
    outbox.close();
  });

  test('what was committed is there after the process ended without a word, marks included', () => {
    const folder = folderFor();
    const outbox = withTrip(openOutbox(folder), 5, { ended: false });
    outbox.shipping.markSent(TRIP, [[1, 2]]);
    outbox.commit();
    outbox.record(driven(6, 6)[0]!);

    const after = openOutbox(folder);
    expect(after.shipping.unsent(TRIP)).toEqual([[3, 5]]);
    expect(after.leftTrip()).toMatchObject({ trip_id: TRIP, seq: 5, same_boot: 1, dated: 1 });
    expect(after.known).toEqual({ source: 'gnss', offsetMs: BEGAN_MS });
    after.close();
    outbox.close();
  });

  test('a line has every signal under its own name, trouble codes, and numbers outside of the table', () => {
    const outbox = withTrip(openOutbox(folderFor()), 1, { ended: false });
    const values = Object.fromEntries([...SIGNAL_NAMES, 'tyre_fl_kpa'].map((name, index) => [name, index / 8]));
    outbox.record({ ...driven(2, 2)[0]!, values, dtcs: ['P0301'] });
    outbox.commit();

    const [line] = outbox.shipping.lines(TRIP, [2, 2], 10).lines;
    const ts = new Date(BEGAN_MS + 2_000).toISOString().replace('.000Z', 'Z');
    const head = { schema_version: 1, vehicle_id: 'golf', trip_id: TRIP, seq: 2, ts };
    expect(JSON.parse(`${line}`)).toEqual({ ...head, ...values, dtcs: ['P0301'] });
    outbox.close();
  });

  test('a file of an older version gets the columns of new signals', () => {
    const folder = folderFor();
    openOutbox(folder).close();
    const db = new Database(join(folder, OUTBOX_FILE));
    db.exec('ALTER TABLE events DROP COLUMN rpm');
    db.close();

    const outbox = withTrip(openOutbox(folder), 1);
    expect(outbox.shipping.lines(TRIP, [1, 1], 1).lines[0]).toContain('"rpm":801');
    outbox.close();
  });
});

describe('time', () => {
  const begin = { trip_id: TRIP, started_at: '1970-01-01T00:00:01Z', vin: null };

  test('events of a boot whose clock is not known are kept back, and timed anew when it is', () => {
    const outbox = openOutbox(folderFor());
    outbox.beginTrip(begin);
    for (const event of driven(1, 3)) outbox.record({ ...event, ts_ms: event.mono_ms });
    outbox.commit();
    expect(outbox.shipping.isUndated(TRIP)).toBe(true);

    outbox.noteTime({ source: 'gnss', offsetMs: BEGAN_MS }, true);

    expect(outbox.shipping.isUndated(TRIP)).toBe(false);
    const times = outbox.shipping.lines(TRIP, ALL, 10).lines.map((line) => Date.parse(JSON.parse(line).ts));
    expect(times).toEqual([1, 2, 3].map((seq) => BEGAN_MS + seq * 1_000));
    expect(outbox.shipping.trip(TRIP)?.started_at).toBe('2026-10-01T08:00:01Z');
    outbox.close();
  });

  test('a boot that never knew the time keeps its drive, whatever later boots know', () => {
    const folder = folderFor();
    const first = openOutbox(folder);
    first.beginTrip(begin);
    first.record(driven(1, 1)[0]!);
    first.close();

    const second = openOutbox(folder, { bootId: 'boot-2' });
    second.noteTime({ source: 'gnss', offsetMs: BEGAN_MS }, true);
    expect(second.shipping.isUndated(TRIP)).toBe(true);
    expect(second.figures()).toMatchObject({ undated: 1, unsent: 1 });
    expect(second.leftTrip()).toMatchObject({ same_boot: 0, dated: 0 });
    second.close();
  });

  test('a trip that seems to be in the future waits', () => {
    let now = BEGAN_MS;
    const outbox = withTrip(openOutbox(folderFor(), { utcNow: () => now }), 300);
    expect(outbox.shipping.isUndated(TRIP)).toBe(true);
    now += 300_000;
    expect(outbox.shipping.isUndated(TRIP)).toBe(false);
    outbox.close();
  });
});

describe('sending', () => {
  test('chunks cover what is there, holes left out, at most so many lines each', () => {
    const outbox = withTrip(openOutbox(folderFor()), CHUNK_LINES, { ended: false });
    for (const event of driven(CHUNK_LINES + 11, 2 * CHUNK_LINES + 20)) outbox.record(event);
    outbox.commit();

    outbox.shipping.plan(TRIP, outbox.shipping.unsent(TRIP), { most: CHUNK_LINES, after: 0 });

    const planned = outbox.shipping.chunks(TRIP).map(({ no, first_seq, last_seq }) => [no, first_seq, last_seq]);
    expect(planned).toEqual([
      [1, 1, 1_000],
      [2, 1_011, 2_010],
      [3, 2_011, 2_020],
    ]);
    expect(outbox.shipping.unplanned(TRIP)).toEqual([]);
    expect(outbox.shipping.unsent(TRIP)).toEqual([
      [1, 1_000],
      [1_011, 2_020],
    ]);
    outbox.close();
  });

  test('events whose seqs are taken go as a trip of their own, and the trip must not go on', () => {
    const outbox = withTrip(openOutbox(folderFor()), 6, { ended: false });
    const conflicts: string[] = [];
    outbox.onConflict = (tripId) => conflicts.push(tripId);

    outbox.shipping.moveToNewTrip(TRIP, [2, 4]);
    outbox.shipping.moveToNewTrip(TRIP, [5]);

    const [, successor] = outbox.shipping.openTrips();
    const { seqs, lines } = outbox.shipping.lines(successor!.trip_id, ALL, 10);
    expect(seqs).toEqual([1, 2, 3]);
    expect(lines.map((line) => JSON.parse(line).rpm)).toEqual([802, 804, 805]);
    expect(outbox.shipping.openTrips()).toHaveLength(2);
    expect(outbox.shipping.unsent(TRIP)).toEqual([
      [1, 1],
      [3, 3],
      [6, 6],
    ]);
    expect(conflicts).toEqual([TRIP, TRIP]);
    outbox.close();
  });

  test('a trip that the server has is deleted; what was set aside of it stays', () => {
    const folder = folderFor();
    const outbox = withTrip(openOutbox(folder), 4);
    outbox.shipping.setAside(TRIP, 3, 'invalid-event: /rpm');
    outbox.shipping.complete(TRIP);

    expect(outbox.shipping.openTrips()).toEqual([]);
    outbox.close();
    const after = openOutbox(folder);
    expect(after.shipping.openTrips()).toEqual([]);
    expect(after.figures()).toMatchObject({ set_aside: 1, unsent: 0, trips: 0 });
    after.close();
    const db = new Database(join(folder, OUTBOX_FILE), { readonly: true });
    expect(db.prepare('SELECT seq FROM events').pluck().all()).toEqual([3]);
    db.close();
  });
});

describe('a full outbox', () => {
  test('gives up what the server has, oldest first, and never anything else', () => {
    const log = createLog();
    const outbox = withTrip(openOutbox(folderFor(), { maxBytes: 400 * 1_024, log }), 2_000, { ended: false });
    const { used_bytes } = outbox.figures();
    expect(used_bytes).toBeGreaterThan(100_000);
    let seq = 2_000;
    const recordMore = () => {
      for (const event of driven(seq + 1, seq + 500)) outbox.record(event);
      seq += 500;
      outbox.commit();
    };
    while (outbox.figures().lost === 0) recordMore();
    const [[, kept]] = outbox.shipping.unsent(TRIP) as [[number, number]];
    expect(outbox.figures().used_bytes).toBeLessThan(600 * 1_024);
    expect(log.lines).toEqual(['the outbox is full: events are not recorded']);

    outbox.shipping.markSent(TRIP, [[1, kept]]);
    outbox.commit();
    const before = outbox.figures().lost;
    outbox.record(driven(seq + 1, seq + 1)[0]!);
    expect(outbox.figures().lost).toBe(before);
    expect(outbox.shipping.lines(TRIP, ALL, 1).seqs[0]).toBeGreaterThan(1);

    while (outbox.figures().lost === before) recordMore();
    expect(log.lines.slice(1)).toEqual([
      'the outbox takes events again',
      'the outbox is full: events are not recorded',
    ]);
    outbox.close();
  });

  test('takes over no log of another logger', () => {
    const outbox = withTrip(openOutbox(folderFor(), { maxBytes: 64 * 1_024 }), 2_000);
    expect(() => outbox.takeOver({ name: 'a.db', size: 1 }, [])).toThrow('the outbox is full');
    expect(outbox.logSize('a.db')).toBeUndefined();
    outbox.close();
  });

  test('on a disk that takes nothing, neither what is counted nor what should be deleted ends the program', () => {
    const folder = folderFor();
    const outbox = withTrip(openOutbox(folder, { maxBytes: 64 * 1_024 }), 2_000, { ended: false });
    const db = new Database(join(folder, OUTBOX_FILE));
    for (const change of ['DELETE ON events', 'INSERT ON counters']) {
      db.exec(`CREATE TRIGGER "${change}" BEFORE ${change} BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`);
    }
    outbox.shipping.markSent(TRIP, [[1, 2_000]]);
    outbox.commit();
    expect(outbox.record(driven(2_001, 2_001)[0]!)).toBe(false);
    expect(outbox.figures().lost).toBe(1);

    for (const change of ['DELETE ON events', 'INSERT ON counters']) db.exec(`DROP TRIGGER "${change}"`);
    db.close();
    outbox.commit();
    expect(outbox.record(driven(2_001, 2_001)[0]!)).toBe(true);
    outbox.close();
  });
});

test('what the disk does not take waits, and is written when it does', () => {
  const folder = folderFor();
  const log = createLog();
  const outbox = withTrip(openOutbox(folder, { log }), 1, { ended: false });
  const db = new Database(join(folder, OUTBOX_FILE));
  db.exec("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END");
  for (const event of driven(2, 4)) outbox.record(event);
  outbox.commit();
  outbox.commit();
  expect(outbox.shipping.unsent(TRIP)).toEqual([[1, 1]]);
  expect(() => outbox.noteTime({ source: 'gnss', offsetMs: 0 }, false)).toThrow('can not be written to');
  expect(log.lines).toHaveLength(1);

  db.exec('DROP TRIGGER full');
  db.close();
  outbox.commit();
  expect(outbox.shipping.unsent(TRIP)).toEqual([[1, 4]]);
  outbox.close();
});

describe('a damaged file', () => {
  function damage(folder: string, at: (size: number) => number, bytes: number): void {
    const file = join(folder, OUTBOX_FILE);
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(bytes, 0xa5), 0, bytes, at(statSync(file).size));
    closeSync(handle);
  }

  test('is set aside, what can be read of it is taken over, and its trips do not go on', () => {
    const folder = folderFor();
    withTrip(openOutbox(folder), 5_000, { ended: false }).close();
    damage(folder, (size) => Math.floor(size / 2 / 4_096) * 4_096, 8_192);
    const log = createLog();

    const outbox = openOutbox(folder, { log });

    const { seqs } = outbox.shipping.lines(TRIP, ALL, 10_000);
    expect(seqs.length).toBeGreaterThan(4_000);
    expect(seqs.length).toBeLessThan(5_000);
    expect([seqs[0], seqs.at(-1)]).toEqual([1, 5_000]);
    expect(outbox.leftTrip()).toBeUndefined();
    expect(outbox.known).not.toBeNull();
    expect(existsSync(join(folder, `${OUTBOX_FILE}.damaged`))).toBe(true);
    expect(log.lines.join()).toContain(`${seqs.length} events could be read`);
    outbox.close();
  });

  test.each([
    { what: 'that is no database', content: Buffer.from('x'.repeat(10_000)) },
    { what: 'cut in its first page', content: null },
  ])('$what is set aside, and a new one begun', ({ content }) => {
    const folder = folderFor();
    withTrip(openOutbox(folder), 10).close();
    const file = join(folder, OUTBOX_FILE);
    writeFileSync(file, content ?? readFileSync(file).subarray(0, 700));

    withTrip(openOutbox(folder), 1).close();
    writeFileSync(file, 'no database at all, again, and longer than its header is: '.repeat(4));
    const outbox = openOutbox(folder);

    expect(outbox.shipping.openTrips()).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.endsWith('damaged') || name.endsWith('damaged-2'))).toHaveLength(
      2,
    );
    outbox.close();
  });
});

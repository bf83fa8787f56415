/** A WiCAN's logs: fetched once each from what answers like the dongle, cut into trips, sent like our own. */
import { readFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import type { Outbox } from '../src/outbox/outbox.ts';
import { signalOf } from '../src/wican/wican-log.ts';
import { WicanPull } from '../src/wican/wican-pull.ts';
import { createLog, openOutbox, useFolders } from './outbox-kit.ts';

const folderFor = useFolders();
const BEGAN_S = Date.UTC(2026, 8, 1, 8) / 1_000;
let dongle: HttpServer;
let files: Record<string, { status: string; path: string }>;
let fetched: string[];
let outbox: Outbox;

let breaksOff: boolean;

beforeEach(async () => {
  files = {};
  fetched = [];
  breaksOff = false;
  outbox = openOutbox(folderFor());
  dongle = createServer((req, res) => {
    const name = req.url?.slice('/obd_logs/'.length) ?? '';
    const databases = Object.entries(files).map(([filename, { status, path }]) => ({
      filename,
      status,
      size: readFileSync(path).length,
    }));
    if (name === '') return res.end(JSON.stringify({ databases: [null, { filename: 7 }, ...databases] }));
    fetched.push(name);
    const bytes = readFileSync(files[name]!.path);
    if (!breaksOff) return res.end(bytes);
    res.writeHead(200, { 'content-length': bytes.length });
    return res.write(bytes.subarray(0, bytes.length / 2), () => res.destroy());
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => dongle.once('listening', resolve));
});
afterEach(() => {
  dongle.close();
  outbox.close();
});

/** A log as the firmware writes it: seconds after `BEGAN_S`, names and values. */
function writeLog(
  name: string,
  rows: readonly (readonly [second: number, name: string, value: number])[],
  status = 'closed',
): void {
  const path = join(folderFor(), name);
  const db = new Database(path);
  db.exec(
    'CREATE TABLE param_info (Id INTEGER PRIMARY KEY, Name TEXT); CREATE TABLE param_data (param_id INTEGER, timestamp INTEGER, value REAL)',
  );
  const names = [...new Set(rows.map(([, parameter]) => parameter))];
  for (const [id, parameter] of names.entries()) db.prepare('INSERT INTO param_info VALUES (?, ?)').run(id, parameter);
  for (const [second, parameter, value] of rows) {
    db.prepare('INSERT INTO param_data VALUES (?, ?, ?)').run(names.indexOf(parameter), BEGAN_S + second, value);
  }
  db.close();
  files[name] = { status, path };
}

function pull(log = createLog()): Promise<number> {
  const url = `http://127.0.0.1:${(dongle.address() as AddressInfo).port}`;
  const parts = { takenSize: (name: string) => outbox.logSize(name), takeOver: outbox.takeOver.bind(outbox) };
  return new WicanPull({ url, idleMs: 300_000, log, ...parts }).pull();
}

/** All events of the outbox, trip by trip. */
function trips() {
  return outbox.shipping.openTrips().map(({ trip_id }) => {
    outbox.shipping.pinVehicle(trip_id, 'golf');
    return outbox.shipping.lines(trip_id, [1, 10_000], 10_000).lines.map((line) => {
      const { ts, seq, rpm, speed_kph, hv_v } = JSON.parse(line) as Record<string, number>;
      return { ts, seq, rpm, speed_kph, hv_v };
    });
  });
}

describe('WicanPull', () => {
  test('takes over what is finished, each file once, cut into trips; seconds of a clock that was not set are left out', async () => {
    writeLog('a.db', [
      [-BEGAN_S + 5, 'SPEED', 1],
      [0, '0C-EngineRPM', 900],
      [0, 'SPEED', 10],
      [1, '0C-EngineRPM', 950],
      [900, 'HV_V', 398.5],
    ]);
    writeLog('b.db', [[5_000, 'SPEED', 50]], 'active');

    expect(await pull()).toBe(1);
    expect(await pull()).toBe(0);

    expect(fetched).toEqual(['a.db']);
    expect(trips()).toEqual([
      [
        { ts: '2026-09-01T08:00:00Z', seq: 1, rpm: 900, speed_kph: 10 },
        { ts: '2026-09-01T08:00:01Z', seq: 2, rpm: 950 },
      ],
      [{ ts: '2026-09-01T08:15:00Z', seq: 1, hv_v: 398.5 }],
    ]);
  });

  test('the same log gives the same trips, whoever takes it over', async () => {
    writeLog('a.db', [[0, 'SPEED', 10]]);
    await pull();
    const [first] = outbox.shipping.openTrips();
    outbox.close();
    outbox = openOutbox(folderFor());
    await pull();
    expect(outbox.shipping.openTrips()[0]?.trip_id).toBe(first?.trip_id);
  });

  test('a file that did not come whole is fetched again', async () => {
    writeLog('a.db', [[0, 'SPEED', 10]]);
    breaksOff = true;
    expect(await pull()).toBe(0);
    breaksOff = false;
    expect(await pull()).toBe(1);
    expect(trips()).toHaveLength(1);
  });

  test('a file that is no log is told of, and holds up no other', async () => {
    writeLog('b.db', [[0, 'SPEED', 10]]);
    files = { 'a.db': { status: 'closed', path: new URL(import.meta.url).pathname }, ...files };
    const log = createLog();
    expect(await pull(log)).toBe(1);
    expect(log.lines.join('\n')).toContain('a.db of the dongle can not be taken over');
  });
});

test.each([
  ['SPEED', ['speed_kph', 1]],
  ['0D-VehicleSpeed', ['speed_kph', 1]],
  ['11-ThrottlePosition', ['throttle_pos', 0.01]],
  ['A6-Odometer', ['odometer_km', 1]],
  ['TYRE_P_FL', ['tyre_p_fl', 1]],
  ['vin', undefined],
  ['0xFF', undefined],
])('the parameter %s', (name, expected) => {
  expect(signalOf(name)).toEqual(expected);
});

/** `fleet replay`: real drives over the real API, whatever happens to the server meanwhile. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DRIVES_FOLDER, type DriveTruth, type ReadTrip, readDrives, readTrips } from '@fleet/testkit';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createPlace, type Ended, type Place } from './cli.ts';
import { until } from './server.ts';

/** Each command is a process of its own, which takes its time on a busy machine. */
jest.setTimeout(120_000);

const KEY = 'a-key-for-every-vehicle';
const MS_PER_DAY = 86_400_000;

let place: Place;
beforeEach(async () => {
  place = await createPlace({ API_KEY: KEY });
});
afterEach(() => place.leave());

function replayArgs(drive: number, ...options: readonly string[]): string[] {
  return ['replay', fileOf(drive), '--url', place.server.url, '--key', KEY, ...options];
}

function replay(drive: number, ...options: readonly string[]): Promise<Ended> {
  return place.fleet(replayArgs(drive, ...options));
}

function fileOf(drive: number): string {
  return `${DRIVES_FOLDER}drive-${`${drive}`.padStart(2, '0')}.ndjson.gz`;
}

function truthOf(drive: number): DriveTruth {
  return readDrives().find(({ truth }) => truth.drive === drive)?.truth as DriveTruth;
}

function trips(): Promise<ReadTrip[]> {
  return readTrips({ url: place.server.url, key: place.admin });
}

/** The only trip must be the drive, whenever it took place. */
function expectDrive(found: readonly ReadTrip[], drive: number): void {
  const truth = truthOf(drive);
  const [trip] = found as [ReadTrip];
  expect(found).toHaveLength(1);
  expect(trip.event_count).toBe(truth.event_count);
  expect(lengthMs(trip)).toBe(lengthMs(truth));
  const driven = trip.distance_km - trip.distance_gap_km;
  expect(Math.abs(driven / truth.logger_distance_km - 1)).toBeLessThan(0.025);
}

function lengthMs({ started_at, ended_at }: { started_at: string; ended_at: string }): number {
  return Date.parse(ended_at) - Date.parse(started_at);
}

describe('a server that works', () => {
  beforeEach(() => place.server.start());

  test.each([
    ['in batches', ['--as-now']],
    ['event by event', ['--as-now', '--batch', '1']],
    ['as an offline upload', ['--offline']],
    ['as an offline upload, as if now', ['--offline', '--as-now', '--batch', '100']],
  ])('a drive sent %s is its trip', async (_way, options) => {
    const { code, out } = await replay(1, ...options);

    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(
        /^515 events sent in .*: 515 accepted, 0 rejected\.\nAcknowledged after .* ms \(p50\), .* ms \(p99\)\.\n$/,
      ),
    });
    expectDrive(await trips(), 1);
  });

  test('as if now, the newest event is now', async () => {
    await replay(2, '--as-now');
    const [trip] = await trips();

    expect(Math.abs(Date.now() - Date.parse(trip?.ended_at ?? ''))).toBeLessThan(60_000);
  });

  test('at a speed it takes as long as it should, and its newest event is now when it is sent', async () => {
    const began = Date.now();
    const { code } = await replay(2, '--as-now', '--speed', '20');
    const [trip] = await trips();

    expect(code).toBe(0);
    expect(Date.now() - began).toBeGreaterThan(lengthMs(truthOf(2)) / 20);
    expect(Date.parse(trip?.ended_at ?? '')).toBeLessThanOrEqual(Date.now());
    expectDrive(await trips(), 2);
  });

  test('a drive sent again is stored once, also when it comes in other pieces', async () => {
    const first = await replay(9, '--offline');
    const again = await replay(9, '--offline');
    const otherChunks = await replay(9, '--offline', '--batch', '7');

    expect([first.code, again.code]).toEqual([0, 0]);
    expect(otherChunks).toMatchObject({ code: 1, err: expect.stringContaining('(chunk-conflict)') });
    expectDrive(await trips(), 9);
  });

  test('a drive of today sent again, in batches and event by event, is stored once', async () => {
    const lines = gunzipSync(readFileSync(fileOf(2)))
      .toString()
      .trim()
      .split('\n');
    const shift = Date.now() - Date.parse(truthOf(2).ended_at);
    const today = lines.map((line) => {
      const event = JSON.parse(line) as { ts: string };
      return JSON.stringify({ ...event, ts: new Date(Date.parse(event.ts) + shift).toISOString() });
    });
    writeFileSync(join(place.folder, 'today.ndjson'), today.join('\n'));
    const codes: (number | null)[] = [];
    for (const options of [[], ['--batch', '1'], ['--batch', '9']]) {
      const args = ['replay', 'today.ndjson', '--url', place.server.url, '--key', KEY, ...options];
      codes.push((await place.fleet(args)).code);
    }

    expect(codes).toEqual([0, 0, 0]);
    expectDrive(await trips(), 2);
  });

  test('fifty vehicles drive one drive, each its own', async () => {
    const { code, out } = await replay(3, '--as-now', '--vehicles', '50');
    const found = await trips();

    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('2,250 accepted') });
    expect(new Set(found.map(({ vehicle }) => vehicle)).size).toBe(50);
    for (const trip of found) expectDrive([trip], 3);
  });

  test('vehicles of an upload have trips of their own', async () => {
    const { code } = await replay(3, '--offline', '--vehicles', '3');
    const found = await trips();

    expect(code).toBe(0);
    expect(new Set(found.map(({ trip_id }) => trip_id)).size).toBe(3);
    for (const trip of found) expectDrive([trip], 3);
  });

  test('a line that is no event is named with its place; all others are stored', async () => {
    const lines = gunzipSync(readFileSync(fileOf(2)))
      .toString()
      .trim()
      .split('\n');
    lines.splice(40, 0, '{"vehicle_id":"nds-omaha-1"');
    writeFileSync(join(place.folder, 'drive.ndjson'), lines.join('\n'));
    const args = ['replay', 'drive.ndjson', '--url', place.server.url, '--key', KEY];
    const live = await place.fleet([...args, '--as-now']);
    const found = await trips();
    const offline = await place.fleet([...args, '--offline']);

    for (const { code, out } of [live, offline]) {
      expect(code).toBe(1);
      expect(out).toMatch(/ 65 accepted, 1 rejected\./);
      expect(out).toMatch(/^ {2}1 × malformed-body, first drive\.ndjson line 41: /m);
    }
    expectDrive(found, 2);
    expect(await trips()).toHaveLength(2);
  });

  test('a refused request ends it, with the reason, the line and the mend', async () => {
    const tooOld = await replay(2, '--batch', '1');
    const wrongKey = await place.fleet(['replay', fileOf(2), '--url', place.server.url, '--key', 'wrong']);
    const wrongPath = await replay(2, '--as-now', '--url', `${place.server.url}/nowhere`);

    expect(tooOld).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^fleet: .*drive-02\.ndjson\.gz line 1: .* \(clock-skew\): --as-now .*\n$/),
      out: expect.stringMatching(/^1 event sent/),
    });
    expect(wrongKey).toMatchObject({ code: 1, err: expect.stringMatching(/^fleet: .* \(unauthorized\): .*\n$/) });
    expect(wrongPath).toMatchObject({ code: 1, err: expect.stringMatching(/^fleet: .* line 1: .*\n$/) });
    expect(await trips()).toEqual([]);
  });

  test("a key that may not speak for the drive's vehicle is told so", async () => {
    const { out } = await place.fleet(['keys', 'add', '--vehicle', 'golf', '--name', 'phone']);
    const key = out.trim().split(' ').at(-1) ?? '';
    const wrong = await until(
      () => place.fleet(['replay', fileOf(2), '--url', place.server.url, '--key', key, '--as-now']),
      ({ err }) => !err.includes('unauthorized'),
      10_000,
    );

    expect(wrong).toMatchObject({
      code: 1,
      err: expect.stringMatching(/line 1: .*nds-omaha-1 \(vehicle-not-allowed\)\n$/),
    });
  });

  test('when it is interrupted it says how far it came', async () => {
    const running = place.start(replayArgs(5, '--as-now', '--speed', '20'));
    await until(trips, ([trip]) => (trip?.event_count ?? 0) > 5, 30_000);
    running.child.kill('SIGINT');
    const { code, out, err } = await running.ended;

    expect({ code, err }).toEqual({ code: 130, err: '' });
    expect(out).toMatch(/^[\d]+ events sent in .* 0 rejected\.$/m);
  });
});

describe('a server that comes and goes', () => {
  test.each([
    ['event by event', ['--as-now', '--speed', '100']],
    ['in batches', ['--as-now', '--speed', '100', '--batch', '20']],
  ])('a drive sent %s is its trip, though the server comes late and is killed in between', async (_way, options) => {
    const running = place.start(replayArgs(1, ...options));
    await place.server.start();
    await until(trips, ([trip]) => (trip?.event_count ?? 0) > 50, 30_000);
    await place.server.end('SIGKILL');
    await place.server.start();
    const { code, out, err } = await running.ended;

    expect({ code, err }).toEqual({ code: 0, err: expect.any(String) });
    expect(out).toContain('515 accepted, 0 rejected');
    expectDrive(await trips(), 1);
  });

  test('an upload goes on where it was when the server was killed', async () => {
    await place.server.start();
    const running = place.start(replayArgs(15, '--offline', '--batch', '20'));
    await until(trips, ([trip]) => (trip?.event_count ?? 0) > 50, 30_000);
    await place.server.end('SIGKILL');
    await place.server.start();
    const { code, out } = await running.ended;
    const again = await replay(15, '--offline', '--batch', '20');

    expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining('1,818 accepted, 0 rejected') });
    expect(again).toMatchObject({ code: 0, out: expect.stringContaining('1,818 accepted, 0 rejected') });
    expectDrive(await trips(), 15);
    expect(Date.now() - Date.parse(truthOf(15).started_at)).toBeGreaterThan(MS_PER_DAY);
  });

  test('it says on the way that it waits', async () => {
    const running = place.start(replayArgs(2, '--as-now'));
    await until(running.said, (text) => text.includes('waiting for the server: ECONNREFUSED'), 30_000);
    await place.server.start();

    expect((await running.ended).code).toBe(0);
    expectDrive(await trips(), 2);
  });
});

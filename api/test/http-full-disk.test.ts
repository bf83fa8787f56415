/** A disk that is full: nothing is acknowledged that is not kept, and it goes on by itself once there is room. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@fleet/testkit';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { send, until } from './server.ts';

jest.setTimeout(60_000);

const PROGRAM = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const KEY = 'the-seed-key';
const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
const START = Date.now() - 3_600_000;

function event(seq: number) {
  const ts = new Date(START + seq).toISOString();
  return { vehicle_id: 'golf', trip_id: TRIP, seq, ts, rpm: 900, custom: Math.sin(seq) };
}

const canFill = existsSync('/usr/bin/prlimit') && existsSync('/bin/bash');
(canFill ? describe : describe.skip)('a disk that is full (needs bash and prlimit)', () => {
  let folder: string;
  let child: ChildProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fleet-test-'));
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  test('refuses what it can not keep, says so, keeps what it acknowledged, and goes on once there is room', async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const env = {
      HOST: '127.0.0.1',
      PORT: `${port}`,
      DATA_DIR: folder,
      API_KEY: KEY,
      ADMIN_TOKEN: 'the-admins',
    };
    // No file may grow beyond 3 MiB: to SQLite it is as if the disk were full.
    const limited = 'ulimit -S -f 3072; exec "$0" "$1"';
    child = spawn('/bin/bash', ['-c', limited, process.execPath, PROGRAM], { env, stdio: 'ignore' });
    await until(
      () => statusOf(`${url}/readyz`),
      (status) => status === 200,
      20_000,
    );
    let acknowledged = 0;
    let batch = 0;
    const more = async () => {
      const events = Array.from({ length: 500 }, (_, index) => event(batch * 500 + index + 1));
      const answer = await send(`${url}/v1/ingest`, { key: KEY, body: events });
      if (answer.status === 200) {
        acknowledged += answer.body.accepted;
        batch++;
      }
      return answer;
    };
    const refused = await until(more, ({ status }) => status !== 200, 40_000);
    const unready = await statusOf(`${url}/readyz`);
    execFileSync('/usr/bin/prlimit', ['--pid', `${child?.pid}`, '--fsize=unlimited']);
    const again = await until(more, ({ status }) => status === 200, 5_000);
    await until(
      () => statusOf(`${url}/readyz`),
      (status) => status === 200,
    );
    const trip = await send(`${url}/v1/trips/${TRIP}`, { key: 'the-admins' });

    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect([unready, again.body.accepted]).toEqual([503, 500]);
    expect(trip.body).toMatchObject({ event_count: acknowledged, missing_seqs: [] });
  });
});

async function statusOf(url: string): Promise<number> {
  return send(url, {}).then(
    ({ status }) => status,
    () => 0,
  );
}

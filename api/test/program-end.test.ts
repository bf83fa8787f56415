/** How the program begins and ends where something is wrong: the real one, as a process of its own. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FleetProcess } from '@fleet/testkit';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { faultText } from '../src/fault-text.ts';
import { StoreUnavailableError } from '../src/ports.ts';
import { send } from './server.ts';

/** Each program is a process of its own, which takes its time on a busy machine. */
jest.setTimeout(60_000);

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const DATABASE = createRequire(import.meta.url).resolve('better-sqlite3');
const KEY = 'a-key-for-every-vehicle';

let folder: string;
let server: FleetProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
});
afterEach(async () => {
  await server?.end('SIGKILL');
  server = undefined;
  rmSync(folder, { recursive: true });
});

/** A script that every thread of the program runs before anything else. */
function before(script: string): Record<string, string> {
  const head = "import { isMainThread, workerData } from 'node:worker_threads'; import * as fs from 'node:fs';";
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(head + script)}` };
}

/** A disk on which no commit of the writing thread fits while a file is there. */
function fullWhile(file: string): Record<string, string> {
  return before(`
    import { createRequire } from 'node:module';
    if (workerData?.file !== undefined) {
      const { prototype } = createRequire(${JSON.stringify(DATABASE)})(${JSON.stringify(DATABASE)});
      const works = prototype.transaction;
      prototype.transaction = function (work) {
        return works.call(this, (...args) => {
          const full = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
          if (fs.existsSync(${JSON.stringify(file)})) throw full;
          return work(...args);
        });
      };
    }`);
}

function settings(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { DATA_DIR: join(folder, 'data'), API_KEY: KEY, ...more };
}

function ingest(url: string) {
  const body = { vehicle_id: 'golf', ts: new Date().toISOString(), rpm: 900 };
  return send(`${url}/v1/ingest`, { key: KEY, body });
}

/** What a program says that can't start, and its code. */
function failedStart(env: Record<string, string>): Promise<{ code: unknown; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN], { env: { MQTT_LISTEN: 'off', ...env, PORT: '0' } }, (error, _out, err) =>
      resolve({ code: error?.code, err }),
    );
  });
}

test('it ends within a bound though a backup hangs on a dead disk, and what was acknowledged is there', async () => {
  const dead = join(folder, 'dead');
  execFileSync('mkfifo', [dead]);
  // The thread of backups has no data; reading a pipe that nobody writes hangs as a dead mount does.
  const hang = before(`if (!isMainThread && workerData === null) fs.readFileSync(${JSON.stringify(dead)});`);
  server = await FleetProcess.create(settings({ BACKUP_DIR: join(folder, 'backups'), ...hang }));
  await server.start();
  const { status } = await ingest(server.url);
  const began = performance.now();
  await server.end('SIGTERM');
  const tookMs = performance.now() - began;
  const { output } = server;
  server = await FleetProcess.create(settings({ ADMIN_TOKEN: 'the-admin' }));
  await server.start();
  const trips = await send(`${server.url}/v1/trips`, { key: 'the-admin' });

  expect([status, trips.body.trips.length]).toEqual([200, 1]);
  expect(tookMs).toBeLessThan(15_000);
  expect(output.match(/still busy after 5 s/g)).toHaveLength(1);
});

test('started on a full disk it says so in one line', async () => {
  const full = join(folder, 'full');
  writeFileSync(full, '');

  expect(await failedStart({ ...settings(), ...fullWhile(full) })).toEqual({
    code: 1,
    err: expect.stringMatching(/^fleet: .*: the disk is full: make room and start again\n$/),
  });
});

test('stopped while the disk is full it ends in good order, with a line of log', async () => {
  const full = join(folder, 'full');
  server = await FleetProcess.create(settings(fullWhile(full)));
  await server.start();
  const { status } = await ingest(server.url);
  writeFileSync(full, '');
  const code = await server.end('SIGTERM');

  expect([status, code]).toEqual([200, 0]);
  expect(server.output.match(/the disk is full: make room and start again/g)).toHaveLength(1);
  expect(server.output).not.toMatch(/^\s+at /m);
  expect(server.output).not.toContain('Uncaught');
});

test.each<[string, unknown, string | undefined]>([
  ['a full disk', new StoreUnavailableError('database or disk is full (SQLITE_FULL)'), 'the disk is full: make room'],
  ['another fault of the store', new StoreUnavailableError('disk I/O error (SQLITE_IOERR)'), 'disk I/O error'],
  ['a fault of the program', new TypeError('x is not a function'), undefined],
])('the words for %s', (_what, error, words) => {
  const text = faultText(error);

  if (words === undefined) expect(text).toBeUndefined();
  else expect(text).toContain(words);
});

test('whatever is wrong with the settings is told at once, a line each, without a key', async () => {
  const file = join(folder, 'keys.json');
  writeFileSync(file, '[{"vehicles":"*"},{"name":"a","vehicles":"*","key":"the-same"},{"name":"b","key":"k"}]');
  const { code, err } = await failedStart(settings({ API_KEY: 'the-same', ADMIN_TOKEN: 'the-same', KEYS_FILE: file }));

  expect([code, err.trim().split('\n')]).toEqual([
    1,
    [
      expect.stringContaining('entry 1 needs a name'),
      expect.stringContaining('entry 3 needs vehicles'),
      expect.stringContaining('API_KEY and ADMIN_TOKEN are the same'),
    ],
  ]);
  expect(err).not.toContain('the-same');
});

/** The program as whoever runs it meets it: settings that are wrong, folders that can't be used, signals. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FleetProcess } from '@fleet/testkit';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { send, startTestServer, until } from './server.ts';

/** Each start is a process of its own, which takes its time on a busy machine. */
jest.setTimeout(60_000);

const PROGRAM = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const KEY = 'the-seed-key';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
}

/** Runs the program until it ends by itself; the lines that it wrote to its error output. */
async function ended(env: Readonly<Record<string, string>>, as: { uid?: number } = {}): Promise<Ended> {
  const settings = {
    HOST: '127.0.0.1',
    PORT: '0',
    MQTT_LISTEN: 'off',
    DATA_DIR: join(folder, 'unused'),
    LOG_LEVEL: 'fatal',
    ...env,
  };
  const child = spawn(process.execPath, [PROGRAM], { env: settings, stdio: ['ignore', 'ignore', 'pipe'], ...as });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (piece) => {
    text += piece;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines: text.trimEnd().split('\n') };
}

function inFolder(name: string): string {
  return join(folder, name);
}

describe('settings that are wrong', () => {
  test('are told all at once, a line each, without any secret', async () => {
    writeFileSync(inFolder('keys.json'), '[{"name":"dongle","key":"the-mounted-key"}]');
    const wrong = {
      PORT: 'http',
      PUBLIC_URL: 'fleet.example.org',
      TRUST_PROXY: 'everybody',
      KEYS_FILE: inFolder('keys.json'),
      STORE: 'mysql',
      TRIP_IDLE_TIMEOUT: '5',
      INGEST_MAX_AGE: 'never',
      BACKUP_KEEP: '0',
      LOG_LEVEL: 'loud',
    };
    const { code, lines } = await ended({ ...wrong, API_KEY: KEY, ADMIN_TOKEN: 'the-admins' });

    expect(code).toBe(1);
    const expected = Object.entries(wrong).map(([name, value]) => `fleet: ${name}=${value} `);
    expect(expected.filter((start) => !lines.some((line) => line.startsWith(start)))).toEqual([]);
    expect(lines).toHaveLength(expected.length);
    expect(lines.join('\n')).not.toMatch(/the-seed-key|the-admins|the-mounted-key/);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a file of keys that is not there',
      { KEYS_FILE: '/nowhere/keys.json' },
      /^KEYS_FILE=\/nowhere\/keys.json .*no such/,
    ],
    [
      'backups of what forgets',
      { STORE: 'memory', BACKUP_DIR: 'backups' },
      /STORE=memory has nothing that could be backed up there$/,
    ],
    ['an address of another machine', { STORE: 'memory', HOST: '192.0.2.1' }, /^HOST=192.0.2.1 is no address of this/],
  ])('end the start: %s', async (_what, env, says) => {
    await expect(startTestServer(env)).rejects.toThrow(says);
  });
});

describe('a place that can not be used ends the start in one line:', () => {
  test('a port that is in use', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const { code, lines } = await ended({ PORT: `${port}` });
    holder.close();

    expect([code, lines]).toEqual([1, [`fleet: port ${port} is in use: stop what uses it, or set another PORT`]]);
  });

  test.each<[string, (path: string) => string | undefined, RegExp]>([
    ['a folder that is a file', (path) => void writeFileSync(path, ''), /can not be written to|is a file/],
    [
      'a folder within a file',
      (path) => {
        writeFileSync(path, '');
        return join(path, 'data');
      },
      /can not be written to|is a file/,
    ],
    ['a database that is none', (path) => void writeDatabase(path, 'what a day '.repeat(1_000)), /is no database/],
    ['a database of a newer version', (path) => void writeNewer(path), /was written by a newer version.*update/],
  ])('%s', async (what, make, says) => {
    const path = inFolder(what.replaceAll(' ', '-'));
    const data = make(path) ?? path;
    const { code, lines } = await ended({ DATA_DIR: data });

    expect([code, lines]).toEqual([1, [expect.stringMatching(says)]]);
  });

  test('a folder that may not be written to', async () => {
    const path = inFolder('read-only');
    mkdirSync(path);
    chmodSync(path, 0o555);
    chmodSync(folder, 0o755);
    // Rights do not bind root: then the program runs as nobody.
    const { code, lines } = await ended({ DATA_DIR: path }, process.getuid?.() === 0 ? { uid: 65_534 } : {});

    expect([code, lines]).toEqual([1, [expect.stringMatching(/read-only can not be written to/)]]);
  });

  test('a folder in which another server works', async () => {
    const first = await FleetProcess.create({ DATA_DIR: inFolder('shared'), API_KEY: KEY });
    await first.start();
    const { code, lines } = await ended({ DATA_DIR: inFolder('shared') });
    const still = await send(`${first.url}/v1/ingest`, { key: KEY, body: event() });
    await first.end('SIGTERM');

    expect([code, lines]).toEqual([1, [expect.stringMatching(/another fleet server works in .*shared: stop it/)]]);
    expect(still.status).toBe(200);
  });
});

function writeDatabase(path: string, text: string): void {
  mkdirSync(path);
  writeFileSync(join(path, 'fleet.db'), text);
}

function writeNewer(path: string): void {
  mkdirSync(path);
  const db = new Database(join(path, 'fleet.db'));
  db.pragma('user_version = 999');
  db.close();
}

function event() {
  return { vehicle_id: 'golf', ts: new Date().toISOString(), rpm: 900 };
}

describe('the program', () => {
  test('makes the folder of its data so that nobody else on the machine can look into it', async () => {
    const data = inFolder('private/data');
    const server = await FleetProcess.create({ DATA_DIR: data, BACKUP_DIR: inFolder('private/backups') });
    await server.start();
    try {
      await until(() => existsSync(inFolder('private/backups')), Boolean, 30_000);

      expect(['private/data', 'private/backups'].map((each) => statSync(inFolder(each)).mode & 0o077)).toEqual([0, 0]);
    } finally {
      await server.end('SIGKILL');
    }
  });

  test('told to stop answers what is under way, keeps it, and ends well', async () => {
    const server = await FleetProcess.create({
      DATA_DIR: inFolder('stopped'),
      API_KEY: KEY,
      ADMIN_TOKEN: 'the-admins',
    });
    await server.start();
    const body = JSON.stringify(event());
    const headers = {
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
      expect: '100-continue',
    };
    const req = request(`${server.url}/v1/ingest`, { method: 'POST', headers });
    // The server has begun with it.
    await once(req, 'continue');
    req.write(body.slice(0, 20));
    const ending = server.end('SIGTERM');
    await until(
      () =>
        send(`${server.url}/healthz`, {}).then(
          () => 'taken',
          () => 'refused',
        ),
      (taken) => taken === 'refused',
    );
    req.end(body.slice(20));
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    await once(res.resume(), 'end');
    const code = await ending;
    await server.start();
    const { trips } = (await send(`${server.url}/v1/trips`, { key: 'the-admins' })).body;
    await server.end('SIGTERM');

    expect([res.statusCode, code]).toEqual([200, 0]);
    expect(trips).toMatchObject([{ vehicle: 'golf', event_count: 1 }]);
    expect(server.output).toContain('"msg":"stopped"');
  });

  test('shows no link to sign in where no person is looking, and ends well by the keyboard too', async () => {
    const server = await FleetProcess.create({ STORE: 'memory' });
    await server.start();

    expect(await server.end('SIGINT')).toBe(0);
    expect(server.output).toMatch(/"msg":"listening"/);
    expect(server.output).not.toMatch(/signin|token/);
  });
});

/** The program as people start it: settings, setup, doctor, run with a recorded drive, status. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DRIVES_FOLDER, freePort, type StoredEvent } from '@fleet/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readEnvFile, writeEnvFile } from '../src/cli/env-file.ts';
import { mendFor } from '../src/cli/mends.ts';
import { ConfigError, loadConfig } from '../src/config.ts';
import { useFolders } from './outbox-kit.ts';
import { KEY, type Server, startServer, until } from './server-kit.ts';

const EDGE = fileURLToPath(new URL('../bin/fleet-edge.js', import.meta.url));
const DRIVE = `sim:${DRIVES_FOLDER}drive-08.ndjson.gz`;
const folderFor = useFolders();
let server: Server;
let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());
beforeEach(() => {
  folder = folderFor();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  output(): string;
}

function edge(args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, [EDGE, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, output })),
  );
  return { child, ended, output: () => output };
}

/** Of the receiver and of the dongle: measured on one beat, which not every beat has. */
const hasPlaceAndSpeed = ({ values }: StoredEvent) => values['lat'] !== undefined && values['speed_kph'] !== undefined;

const setup = () =>
  edge(['setup', '--server-url', server.url, '--device-key', KEY, '--vehicle', 'golf', '--obd', DRIVE, '--gnss', DRIVE])
    .ended;

describe('fleet-edge', () => {
  test('is set up, examined, run, asked, and stopped: what was driven is on the server', async () => {
    expect(await setup()).toEqual({ code: 0, output: 'edge.env is written. Next: npx fleet-edge doctor\n' });
    expect(statSync(join(folder, 'edge.env')).mode & 0o777).toBe(0o600);

    const doctor = await edge(['doctor']).ended;
    expect(doctor.code).toBe(0);
    expect(doctor.output.match(/^good {2}(clock|outbox|dongle|receiver|server) /gm)).toHaveLength(5);

    const run = edge(['run'], { SAMPLE_EVERY: '200ms', TRIP_IDLE_TIMEOUT: '1s' });
    await until(
      () => server.events('golf'),
      (events) => events.length >= 5 && events.some(hasPlaceAndSpeed),
      30_000,
    );
    const status = JSON.parse((await edge(['status', '--json']).ended).output);
    expect(status).toMatchObject({
      time: { source: 'gnss' },
      outbox: { set_aside: 0, lost: 0 },
      uplink: { open: true },
    });
    expect((await edge(['status']).ended).output).toMatch(/^ {2}010C +rpm +[\d.]+ of 5 Hz$/m);
    expect((await edge(['run']).ended).output).toContain('another fleet-edge works in ./edge-data');
    run.child.kill('SIGTERM');
    expect(await run.ended).toMatchObject({ code: 0 });

    // What was under way when it was stopped may be stored a moment later, between the one answer and the other.
    const { events } = await until(
      async () => ({ trip: (await server.trips('golf'))[0], events: await server.events('golf') }),
      (stored) => stored.trip?.event_count === stored.events.length,
    );
    expect(events.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(events.map((_, index) => index + 1));
  });

  test('says in one line what is wrong with what it was told', async () => {
    expect(await edge(['status']).ended).toEqual({
      code: 1,
      output: 'fleet-edge: no fleet-edge runs in ./edge-data: npx fleet-edge run\n',
    });
    expect(await edge(['run', '--obd', 'ttyUSB0']).ended).toEqual({
      code: 1,
      output: 'fleet-edge: OBD_URL must be as in /dev/ttyUSB0 or tcp://192.168.0.10:35000\n',
    });
    expect((await edge(['setup']).ended).output).toContain('say the settings as options');
    expect(
      await edge(['run'], { SERVER_URL: server.url, DEVICE_KEY: KEY, CA_FILE: 'no.pem', OBD_URL: DRIVE }).ended,
    ).toEqual({
      code: 1,
      output: "fleet-edge: CA_FILE can not be read: ENOENT: no such file or directory, open 'no.pem'\n",
    });
  });

  test.each([
    ['is not there', undefined, 'can not be played: ENOENT'],
    ['is no NDJSON', 'no drive', 'can not be played: Unexpected token'],
    ['has no times', '{"rpm":900}', 'holds no drive'],
    ['has no events', 'null', 'holds no drive'],
  ])('says in one line that a recorded drive %s', async (_, content, words) => {
    if (content !== undefined) writeFileSync(join(folder, 'drive.ndjson'), content);
    const { code, output } = await edge(['run', '--obd', 'sim:drive.ndjson']).ended;
    expect(code).toBe(1);
    const faults = output.split('\n').filter((line) => line.startsWith('fleet-edge:'));
    expect(faults).toEqual([expect.stringContaining(`drive.ndjson ${words}`)]);
    expect(output).not.toContain('    at ');
  });

  test('the doctor names each thing that is wrong, and its mend', async () => {
    const port = await freePort();
    const env = {
      SERVER_URL: server.url,
      DEVICE_KEY: 'wrong',
      OBD_URL: `tcp://127.0.0.1:${port}`,
      GNSS_URL: '/dev/no-such-receiver',
    };
    const { code, output } = await edge(['doctor'], env).ended;
    expect(code).toBe(1);
    expect(output).toMatch(/^BAD {3}dongle .*ECONNREFUSED.*: nothing listens there/m);
    expect(output).toMatch(/^BAD {3}receiver .*it is not there: is it plugged in/m);
    expect(output).toMatch(/^BAD {3}server .*npx fleet keys add/m);
  });
});

describe('settings', () => {
  test('the file keeps what else is in it, becomes readable by its owner alone, and values in quotes are read', () => {
    const file = join(folder, 'edge.env');
    writeFileSync(file, '# mine\nVEHICLE="golf 7"\nSAMPLE_EVERY=1s\n');
    writeEnvFile(file, { SAMPLE_EVERY: '500ms', OBD_URL: '/dev/ttyUSB0' });
    expect(readFileSync(file, 'utf8')).toBe('# mine\nVEHICLE="golf 7"\nSAMPLE_EVERY=500ms\nOBD_URL=/dev/ttyUSB0\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readEnvFile(file)).toEqual({ VEHICLE: 'golf 7', SAMPLE_EVERY: '500ms', OBD_URL: '/dev/ttyUSB0' });
    expect(readEnvFile(join(folder, 'none'))).toEqual({});
  });

  test('every fault is told at once', () => {
    const env = { SERVER_URL: 'http://x', VEHICLE: 'golf 7', SAMPLE_EVERY: '50ms', OBD_URL: 'x', GNSS_URL: 'y' };
    expect(() => loadConfig(env)).toThrow(ConfigError);
    expect(() => loadConfig(env)).toThrow(/OBD_URL.*\n.*GNSS_URL.*\n.*SAMPLE_EVERY.*\n.*VEHICLE.*\n.*DEVICE_KEY/);
  });

  test('nothing needs to be set: then everything is only kept', () => {
    expect(loadConfig({})).toMatchObject({
      SAMPLE_EVERY: 1_000,
      OUTBOX_MAX: 512 * 2 ** 20,
      obd: undefined,
      gnss: undefined,
    });
    expect(loadConfig({ GNSS_URL: 'gpsd://pi' }).gnss).toEqual({
      kind: 'tcp',
      host: 'pi',
      port: 2_947,
      protocol: 'gpsd',
    });
  });
});

test.each([
  ['ENOTFOUND', /the name is not known/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /CA_FILE/],
  ['EACCES', /dialout/],
])('%s has a mend', (code, mend) => {
  expect(mendFor(Object.assign(new Error('failed'), { code }))).toMatch(mend);
});

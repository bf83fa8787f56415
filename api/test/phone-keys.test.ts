/** `fleet keys add --app`: the key of an app comes with how the app is set up. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { loadConfig } from '../src/config.ts';
import { FORMATS } from '../src/formats/formats.ts';
import { knownAddresses } from '../src/public-url.ts';
import { createPlace, type Place } from './cli.ts';

/** Each command is a process of its own, which takes its time on a busy machine. */
jest.setTimeout(60_000);

let place: Place;
beforeAll(async () => {
  place = await createPlace({ PUBLIC_URL: 'https://fleet.example.org' });
});
afterAll(() => place.leave());

function add(app: string, env: Readonly<Record<string, string>> = {}, ...more: readonly string[]) {
  return place.fleet(['keys', 'add', '--vehicle', 'golf', '--name', app, '--app', app, ...more], env);
}

/** The key, as the last word of the first line. */
function keyIn(out: string): string {
  return out.split('\n')[0]?.split(' ').at(-1) ?? '';
}

test('tells the address with the key in it, the steps, and a code for the camera', async () => {
  const { code, out } = await add('torque');
  const lines = out.split('\n');

  expect(code).toBe(0);
  expect(lines.slice(1, 5)).toEqual([
    '',
    'Torque Pro:',
    `  https://fleet.example.org/i/torque/${keyIn(out)}`,
    expect.stringMatching(/^ {2}1\. /),
  ]);
  const code2d = lines.filter((line) => /^[ ▀▄█]{20,}$/.test(line));
  expect(code2d.length).toBeGreaterThan(15);
  expect(new Set(code2d.map((line) => line.length)).size).toBe(1);
});

test('tells the link of an app that has one', async () => {
  const { out } = await add('overland');

  expect(out).toContain(`overland://setup?url=https%3A%2F%2Ffleet.example.org%2Fi%2Foverland&token=${keyIn(out)}`);
});

test('says that a phone does not reach an address that nobody set', async () => {
  const { code, err } = await add('gpslogger', { PUBLIC_URL: '' });

  expect(code).toBe(0);
  expect(err).toContain('set PUBLIC_URL');
});

test('of a server that is open to its network, tells the address there: a phone at home reaches it', async () => {
  const env = { PUBLIC_URL: '', HOST: '0.0.0.0', PORT: '4711' };
  const { out } = await add('osmand', env);

  expect(out).toContain(`${knownAddresses(loadConfig(env), 4_711).at(-1)}/i/osmand/${keyIn(out)}`);
});

test('knows no other apps, and no app that only reads', async () => {
  const unknown = await add('waze');
  const reader = await add('torque', {}, '--role', 'viewer');

  expect(unknown.code).not.toBe(0);
  for (const { name } of FORMATS) expect(unknown.err).toContain(name);
  expect([reader.code, reader.err]).toEqual([1, 'fleet: torque needs a key with the role device\n']);
});

/** Whatever somebody does wrong on the command line, they get one line that says the mend, and the code 1. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createPlace, type Place } from './cli.ts';

/** Each command is a process of its own, which takes its time on a busy machine. */
jest.setTimeout(60_000);

let place: Place;
beforeEach(async () => {
  place = await createPlace();
});
afterEach(() => place.leave());

interface Mistake {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly says: RegExp;
}

/** Paths are relative to a folder with an empty file, a text, and a file where a folder should be. */
const MISTAKES: readonly Mistake[] = [
  { args: ['kees'], says: /unknown command 'kees' \(Did you mean keys\?\)/ },
  { args: ['keys', 'add', '--vehicle', 'golf'], says: /'--name <name>'/ },
  { args: ['keys', 'add', '--name', 'phone'], says: /--vehicle <VIN or id>/ },
  { args: ['keys', 'add', '--name', 'phone', '--vehicle', 'my golf'], says: /VIN or an id/ },
  { args: ['keys', 'add', '--name', '', '--vehicle', 'golf'], says: /up to 64 letters/ },
  { args: ['keys', 'add', '--name', 'me', '--vehicle', 'golf', '--role', 'admin'], says: /leave out --vehicle/ },
  { args: ['keys', 'add', '--name', 'me', '--vehicle', 'golf', '--role', 'king'], says: /device, viewer, admin/ },
  { args: ['keys', 'add', '--name', 'me', '--vehicle', 'golf', '--expires', '90'], says: /as in 90s, 5m, 12h or 90d/ },
  { args: ['keys', 'list'], says: /fleet\.db is not there: DATA_DIR must be/ },
  { args: ['keys', 'list'], env: { STORE: 'memory' }, says: /STORE=memory keeps nothing/ },
  { args: ['keys', 'list'], env: { DATA_DIR: 'no-database' }, says: /is no database/ },
  { args: ['keys', 'list'], env: { PORT: 'http' }, says: /PORT=http must be a whole number/ },
  {
    args: ['keys', 'add', '--name', 'me', '--vehicle', '*'],
    env: { DATA_DIR: 'text/x' },
    says: /text.x can not be written/,
  },
  { args: ['signin'], says: /is not there/ },
  {
    args: ['keys', 'list'],
    env: { API_KEY: 'the-same', ADMIN_TOKEN: 'the-same' },
    says: /^fleet: API_KEY and ADMIN_TOKEN are the same(?!.*the-same)/,
  },
  { args: ['backup'], says: /is not there: nothing to back up/ },
  { args: ['restore', 'nowhere.db'], says: /nowhere\.db is not there/ },
  { args: ['restore', 'text'], says: /text is no backup/ },
  { args: ['restore', '.'], says: /\. is a folder: name one of the backups in it/ },
  { args: ['replay', 'drive.ndjson'], says: /'--key <key>'/ },
  { args: ['replay', 'nowhere.ndjson', '--key', 'k'], says: /no such file.*nowhere\.ndjson/ },
  { args: ['replay', 'empty', '--key', 'k'], says: /there is no line in empty/ },
  { args: ['replay', 'text.gz', '--key', 'k'], says: /text\.gz is no whole gzip file/ },
  { args: ['replay', 'text', '--key', 'k', '--url', 'fleet'], says: /as in http:\/\/localhost:3000/ },
  { args: ['replay', 'text', '--key', 'k', '--speed', '0'], says: /whole number from 1/ },
  {
    args: ['replay', 'text', '--key', 'k', '--speed', '1', '--offline'],
    says: /'--speed <times>' cannot be used with/,
  },
  { args: ['copy', '--from', 'http://x', '--from-key', 'k', '--to', 'http://y'], says: /'--to-key <key>'/ },
  {
    args: ['copy', '--from', 'http://x', '--to', 'http://x'],
    env: { FLEET_FROM_KEY: 'k', FLEET_TO_KEY: 'k' },
    says: /--from and --to are both http:\/\/x/,
  },
  { args: ['influx', 'setup'], says: /INFLUX_URL is needed/ },
  { args: ['influx', 'setup'], env: { INFLUX_URL: 'http://x' }, says: /INFLUX_ADMIN_TOKEN is needed/ },
  {
    args: ['influx', 'setup'],
    env: { INFLUX_URL: 'http://127.0.0.1:1', INFLUX_ADMIN_TOKEN: 't' },
    says: /INFLUX_URL=http:\/\/127\.0\.0\.1:1 does not answer/,
  },
  { args: ['influx', 'setup', '--retention', '5m'], says: /an hour at least/ },
  {
    args: ['influx', 'setup'],
    env: { INFLUX_URL: 'http://x', INFLUX_ADMIN_TOKEN: 't', RETENTION: '5m' },
    says: /an hour at least/,
  },
];

test.each(MISTAKES)('$args $env: one line says what to do', async ({ args, env, says }) => {
  for (const name of ['text', 'text.gz']) writeFileSync(join(place.folder, name), 'what a day');
  writeFileSync(join(place.folder, 'empty'), '');
  mkdirSync(join(place.folder, 'no-database'));
  writeFileSync(join(place.folder, 'no-database', 'fleet.db'), 'what a day '.repeat(100));

  const { code, out, err } = await place.fleet(args, env);

  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^fleet: .*\n$/);
  expect(err).toMatch(says);
});

describe('what nobody asked for', () => {
  test('a command that is refused leaves no folder behind', async () => {
    await place.fleet(['keys', 'list']);
    await place.fleet(['signin']);
    await place.fleet(['backup']);

    expect(readdirSync(place.folder)).toEqual([]);
  });

  test('a device that is not there is named', async () => {
    await place.fleet(['keys', 'add', '--vehicle', 'golf', '--name', 'phone']);

    const { code, err } = await place.fleet(['keys', 'rotate', 'dongle']);

    expect({ code, err }).toEqual({ code: 1, err: 'fleet: no device is called dongle: fleet keys list shows all\n' });
  });

  test('a person who is not there gets no link', async () => {
    await place.fleet(['keys', 'add', '--vehicle', 'golf', '--name', 'phone']);

    const { code, err } = await place.fleet(['signin', '--name', 'Bob']);

    expect({ code, err }).toEqual({ code: 1, err: 'fleet: nobody is called Bob: an admin adds people first\n' });
  });
});

test.each([
  [],
  ['keys'],
  ['keys', 'add'],
  ['keys', 'list'],
  ['keys', 'rotate'],
  ['keys', 'revoke'],
  ['signin'],
  ['backup'],
  ['restore'],
  ['replay'],
  ['demo'],
  ['influx', 'setup'],
  ['copy'],
])('help for %s %s has an example of it', async (...command: string[]) => {
  const { code, out } = await place.fleet([...command, '--help']);

  expect(code).toBe(0);
  expect(out).toMatch(
    command.length === 1 && command[0] === 'keys' ? /rotate/ : new RegExp(`^  fleet ${command.join(' ')}`, 'm'),
  );
});

test('it says its version', async () => {
  expect(await place.fleet(['--version'])).toEqual({ code: 0, out: '0.1.0\n', err: '' });
});

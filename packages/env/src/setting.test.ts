import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  brokerUrl,
  duration,
  durationOrOff,
  integer,
  listenerOrOff,
  oneOf,
  onOff,
  readSettings,
  secret,
  size,
  text,
  url,
} from './setting.ts';
import { settingsTable } from './settings-table.ts';

const SPEC = {
  PORT: integer(0, 65_535, { doc: 'where it listens', default: '3000' }),
  DATA_DIR: text({ doc: 'where it keeps things', default: './data' }),
  IDLE: duration({ doc: 'how long', default: '5m' }),
  MAX_AGE: durationOrOff({ doc: 'how old', default: 'off' }),
  CACHE: size({ doc: 'how much', default: '512MiB' }),
  STORE: oneOf(['sqlite', 'memory'], { doc: 'which', default: 'sqlite' }),
  COLOUR: onOff({ doc: 'whether', default: 'off' }),
  PUBLIC_URL: url({ doc: 'its address' }),
  TOKEN: secret({ doc: 'hush' }),
};

function read(env: Record<string, string>) {
  return readSettings(SPEC, env);
}

describe('readSettings', () => {
  test('takes the defaults where the environment says nothing', () => {
    expect(read({})).toEqual({
      ok: true,
      value: {
        PORT: 3000,
        DATA_DIR: './data',
        IDLE: 300_000,
        MAX_AGE: null,
        CACHE: 512 * 2 ** 20,
        STORE: 'sqlite',
        COLOUR: false,
      },
    });
  });

  test('takes what the environment says, without the space around it, and an empty text as nothing', () => {
    const env = {
      PORT: ' 80 ',
      DATA_DIR: '',
      MAX_AGE: '400d',
      COLOUR: 'on',
      PUBLIC_URL: 'https://x.org/',
      TOKEN: 'abc',
    };

    expect(read(env)).toMatchObject({
      value: {
        PORT: 80,
        DATA_DIR: './data',
        MAX_AGE: 400 * 86_400_000,
        COLOUR: true,
        PUBLIC_URL: 'https://x.org',
        TOKEN: 'abc',
      },
    });
  });

  test('names every error at once, and shows no secret', () => {
    const env = { PORT: '65536', IDLE: '5 minutes', MAX_AGE: 'never', CACHE: '5MB', STORE: 'oracle', COLOUR: 'yes' };

    expect(read({ ...env, PUBLIC_URL: 'fleet.example.org' })).toEqual({
      ok: false,
      error: [
        'PORT=65536 must be a whole number from 0 to 65535',
        'IDLE=5 minutes must be a duration as in 90s, 5m, 12h or 7d',
        'MAX_AGE=never must be a duration as in 90s, 5m, 12h or 7d, or off',
        'CACHE=5MB must be a size as in 64KiB, 512MiB or 2GiB',
        'STORE=oracle must be one of sqlite, memory',
        'COLOUR=yes must be on or off',
        'PUBLIC_URL=fleet.example.org must be an address as in https://fleet.example.org',
      ],
    });
  });

  test.each(['0s', '-5m', '1.5h', '5', 'm', '5M', '99999999999999d', '0x10s', '__proto__'])(
    'refuses %s as a duration',
    (value) => {
      expect(read({ IDLE: value }).ok).toBe(false);
    },
  );
});

describe('a secret in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-env-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const fileOf = (content: string) => {
    const path = join(folder, 'secret');
    writeFileSync(path, content);
    return path;
  };

  test('is taken without the space around it', () => {
    expect(read({ TOKEN_FILE: fileOf('abc\n') })).toMatchObject({ value: { TOKEN: 'abc' } });
  });

  test.each([
    ['that is not there', () => ({ TOKEN_FILE: join(folder, 'nothing') }), /^TOKEN_FILE=.* can not be read: ENOENT/],
    ['that is empty', () => ({ TOKEN_FILE: fileOf(' \n') }), /^TOKEN_FILE=.* is empty$/],
    ['beside the secret itself', () => ({ TOKEN: 'a', TOKEN_FILE: fileOf('b') }), /^TOKEN and TOKEN_FILE are both set/],
  ])('%s is told, and no secret shown', (_what, env, words) => {
    expect(read(env())).toEqual({ ok: false, error: [expect.stringMatching(words)] });
  });

  test('is no way for settings that are no secrets', () => {
    expect(read({ DATA_DIR_FILE: fileOf('/elsewhere') })).toMatchObject({ value: { DATA_DIR: './data' } });
  });
});

describe('where a broker is', () => {
  const BROKER = { URL: brokerUrl({ doc: '' }), LISTEN: listenerOrOff({ doc: '' }) };

  test.each([
    ['mqtt://localhost', true],
    ['mqtts://broker.example.org:8883', true],
    ['http://localhost', false],
    ['mqtt://', false],
    ['mqtt://me:secret@localhost', false],
    ['localhost:1883', false],
  ])('%s as an address: %s', (value, good) => {
    expect(readSettings(BROKER, { URL: value }).ok).toBe(good);
  });

  test.each([
    ['0.0.0.0:1883', { host: '0.0.0.0', port: 1883 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['off', null],
    ['1883', undefined],
    ['localhost:65536', undefined],
    ['::1:1883', undefined],
  ])('%s as a place to listen', (value, wanted) => {
    const settings = readSettings(BROKER, { LISTEN: value });
    expect(settings.ok ? settings.value.LISTEN : undefined).toEqual(wanted);
  });
});

test('settingsTable writes a row a setting', () => {
  expect(settingsTable(SPEC).split('\n').slice(2, 4)).toEqual([
    '| `PORT` | 0 … 65535 | `3000` | where it listens |',
    '| `DATA_DIR` | text | `./data` | where it keeps things |',
  ]);
});

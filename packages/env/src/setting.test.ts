import { describe, expect, test } from '@jest/globals';
import { duration, durationOrOff, integer, oneOf, onOff, readSettings, secret, size, text, url } from './setting.ts';
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

test('settingsTable writes a row a setting', () => {
  expect(settingsTable(SPEC).split('\n').slice(2, 4)).toEqual([
    '| `PORT` | 0 … 65535 | `3000` | where it listens |',
    '| `DATA_DIR` | text | `./data` | where it keeps things |',
  ]);
});

import { describe, expect, test } from '@jest/globals';
import { keysOfSettings, parseKeysFile } from './fixed-keys.ts';
import { digestOf } from './key.ts';

const SHA256 = digestOf('a-key');

/** What the files of keys hold. */
const FILES: Readonly<Record<string, string>> = { '/keys/there': 'a-key\n' };
const textOf = (path: string) => FILES[path] ?? '';

describe('a file of keys', () => {
  test.each<[string, object, object]>([
    ['a key in clear', { key: 'a-key' }, { sha256: SHA256, expires_at: null }],
    ['a file with a key', { key_file: '/keys/there' }, { sha256: SHA256 }],
    ["a file that is not there yet, whose key is nobody's", { key_file: '/keys/later' }, { sha256: '0'.repeat(64) }],
    ['the digest of a key', { sha256: SHA256 }, { sha256: SHA256 }],
    ['all vehicles', { key: 'a-key', vehicles: '*' }, { principal: { vehicles: '*' } }],
    ['a role', { key: 'a-key', role: 'viewer' }, { principal: { role: 'viewer' } }],
    ['an end', { key: 'a-key', expires_at: '2026-01-01T00:00:00Z' }, { expires_at: Date.UTC(2026, 0) }],
  ])('may have %s', (_what, entry, expected) => {
    expect(parseKeysFile(JSON.stringify([{ name: 'dongle', vehicles: ['golf'], ...entry }]), textOf)).toMatchObject({
      ok: true,
      value: [{ principal: { name: 'dongle', role: 'device', vehicles: ['golf'] }, ...expected }].map((key) => ({
        ...key,
        principal: {
          name: 'dongle',
          role: 'device',
          vehicles: ['golf'],
          ...('principal' in expected && (expected.principal as object)),
        },
      })),
    });
  });

  test.each<[string, string, RegExp]>([
    ['nothing', '', /no JSON array/],
    ['no array', '{"name":"dongle"}', /no JSON array/],
    ['no name', '[{"vehicles":["golf"],"key":"k"}]', /entry 1 needs a name/],
    ['an empty entry', '[null]', /entry 1 needs a name/],
    ['no vehicles', '[{"name":"a","key":"k"}]', /entry 1 needs vehicles/],
    ['a vehicle that is none', '[{"name":"a","vehicles":["my golf"],"key":"k"}]', /entry 1 needs vehicles/],
    ['no key', '[{"name":"a","vehicles":"*"}]', /entry 1 needs a key/],
    ['half a digest', '[{"name":"a","vehicles":"*","sha256":"abc"}]', /entry 1 needs a key/],
    ['another role', '[{"name":"a","vehicles":"*","key":"k","role":"root"}]', /entry 1 has a role/],
    ['a time that is none', '[{"name":"a","vehicles":"*","key":"k","expires_at":"2026-02-31T00:00:00Z"}]', /no day/],
    ['a local time', '[{"name":"a","vehicles":"*","key":"k","expires_at":"2026-01-01"}]', /must be UTC/],
    ['a fault behind a good entry', '[{"name":"a","vehicles":"*","key":"k"},{"name":"b"}]', /entry 2/],
  ])('with %s is refused in one line that shows no key', (_what, text, why) => {
    const read = parseKeysFile(text, textOf);

    expect(!read.ok && read.error).toEqual([expect.stringMatching(why)]);
    expect(!read.ok && read.error[0]).not.toMatch(/\n|"k"/);
  });

  test('is told all its faults, a line an entry', () => {
    const read = parseKeysFile(
      '[{"vehicles":"*"},{"name":"a","vehicles":"*","key":"k"},{"name":"b","key":"k"}]',
      textOf,
    );

    expect(!read.ok && read.error).toEqual([
      'entry 1 needs a name, needs a key, a key_file, or its sha256',
      'entry 3 needs vehicles: a list of vehicles, or "*"',
    ]);
  });
});

test('the keys of settings are a device for every vehicle, and an admin', () => {
  expect(
    keysOfSettings('device', 'admin').map(({ sha256, principal: { role, vehicles } }) => [sha256, role, vehicles]),
  ).toEqual([
    [digestOf('device'), 'device', '*'],
    [digestOf('admin'), 'admin', '*'],
  ]);
  expect(keysOfSettings(undefined, undefined)).toEqual([]);
});

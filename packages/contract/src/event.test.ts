import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { DTC, ENVELOPE_NAMES, EVENT_SCHEMA, MAX_DTCS, MAX_SEQ } from './event.ts';
import { CUSTOM_SIGNAL_NAME, RESERVED_NAMES, SIGNAL_NAMES, SIGNALS } from './signals.ts';
import { VEHICLE_ID, VIN } from './vehicle.ts';

const matches = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false }).compile(EVENT_SCHEMA);

/** The example of the product's description. */
const SEED_EVENT = {
  schema_version: 1,
  vin: 'WAUZZZFY0R1234567',
  trip_id: 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c',
  seq: 154,
  ts: '2025-11-04T12:00:00Z',
  lat: 49.5891,
  lon: 8.6527,
  speed_kph: 82.4,
  rpm: 2350,
  coolant_c: 86.0,
  throttle_pos: 0.32,
  soc_pct: 87.5,
  fuel_level_pct: 62.0,
};

const LEAST = { vehicle_id: 'golf', ts: '2025-11-04T12:00:00Z', rpm: 900 };

describe('the schema of an event', () => {
  test.each<[string, object]>([
    ['the example', SEED_EVENT],
    ['an event with a vehicle id and one signal', LEAST],
    ['both names of a vehicle', { ...SEED_EVENT, vehicle_id: 'golf' }],
    ['a custom signal', { vehicle_id: 'golf', ts: LEAST.ts, boost_bar: 0.8 }],
    ['no trouble codes', { ...LEAST, dtcs: [] }],
    ['trouble codes of each letter', { ...LEAST, dtcs: ['P0301', 'C0035', 'B1234', 'U0100-87'] }],
    ['the last seq', { ...LEAST, seq: MAX_SEQ }],
  ])('takes %s', (_what, event) => {
    expect([matches(event), matches.errors]).toEqual([true, null]);
  });

  test.each<[string, unknown]>([
    ['an array', [LEAST]],
    ['no vehicle', { ts: LEAST.ts, rpm: 900 }],
    ['no time', { vehicle_id: 'golf', rpm: 900 }],
    ['no signal', { vehicle_id: 'golf', ts: LEAST.ts }],
    ['trouble codes without a signal', { vehicle_id: 'golf', ts: LEAST.ts, dtcs: ['P0301'] }],
    ['another version', { ...LEAST, schema_version: 2 }],
    ['lat without lon', { ...LEAST, lat: 47 }],
    ['lon without lat', { ...LEAST, lon: 8 }],
    ['null for a signal', { ...LEAST, rpm: null }],
    ['text for a signal', { ...LEAST, rpm: '900' }],
    ['an object for a custom signal', { ...LEAST, boost: {} }],
    ['text for a custom signal', { ...LEAST, gear: 'D' }],
    ['a seq of 0', { ...LEAST, seq: 0 }],
    ['a seq beyond what JSON readers agree on', { ...LEAST, seq: 2 ** 53 }],
    ['a seq with a fraction', { ...LEAST, seq: 1.5 }],
    ['too many trouble codes', { ...LEAST, dtcs: Array(MAX_DTCS + 1).fill('P0301') }],
  ])('refuses %s', (_what, event) => {
    expect(matches(event)).toBe(false);
  });

  test.each(RESERVED_NAMES.filter((name) => !ENVELOPE_NAMES.includes(name)))('refuses a signal named %s', (name) => {
    expect(matches({ ...LEAST, [name]: 1 })).toBe(false);
  });

  test.each(SIGNAL_NAMES)('takes %s in its range, and nothing beyond', (name) => {
    const { min, max } = SIGNALS[name];
    const position = name === 'lat' || name === 'lon' ? { lat: 0, lon: 0 } : {};
    const takes = (value: unknown) => matches({ ...LEAST, ...position, [name]: value });

    expect([min, max].map(takes)).toEqual([true, true]);
    expect([min - 0.01, max + 0.01, null, `${min}`, Number.NaN, Number.POSITIVE_INFINITY].some(takes)).toBe(false);
  });
});

describe('the vocabulary', () => {
  test('names signals in lower case with the unit as suffix, and none by a reserved name', () => {
    for (const name of SIGNAL_NAMES) {
      expect(name).toMatch(CUSTOM_SIGNAL_NAME);
      expect(RESERVED_NAMES).not.toContain(name);
    }
  });

  test('has a label, an order of bounds and an own path for each signal', () => {
    const rows = SIGNAL_NAMES.map((name) => SIGNALS[name]);
    const paths = rows.flatMap(({ vss }) => vss ?? []);
    const pids = rows.flatMap(({ pid }) => pid ?? []);

    for (const { label, min, max, decimals } of rows) {
      expect(label).not.toBe('');
      expect(min).toBeLessThan(max);
      expect(decimals).toBeGreaterThanOrEqual(0);
    }
    expect(new Set(paths).size).toBe(paths.length);
    expect(new Set(pids).size).toBe(pids.length);
  });

  test.each<[string, RegExp, readonly string[], readonly string[]]>([
    [
      'VIN (ISO 3779)',
      VIN,
      ['WAUZZZFY0R1234567', '1M8GDM9AXKP042788', '11111111111111111'],
      ['WAUZZZFY0R123456', 'WAUZZZFY0R12345678', 'WAUZZZFYIR1234567', 'WAUZZZFYOR1234567', 'WAUZZZFYQR1234567'].concat([
        'wauzzzfy0r1234567',
        'WAUZZZFY0R123456 ',
        'WAUZZZFY0R1234567\n',
        'WAUZZZFY-R1234567',
        '',
      ]),
    ],
    [
      'vehicle id',
      VEHICLE_ID,
      ['golf', 'G', '-', '_', '0', 'a'.repeat(64)],
      ['', 'a'.repeat(65), 'my golf', 'golf/1', 'golf.1', 'gölf', 'golf\n', '\u0000', '\ud800'],
    ],
    [
      'trouble code (SAE J2012)',
      DTC,
      ['P0301', 'P3FFF', 'C0035', 'B2AAA', 'U0100-87'],
      ['P0301 ', 'p0301', 'P4301', 'X0301', 'P030', 'P03011', 'P030G', 'P0301-8', 'P0301-877', ''],
    ],
    [
      'name of a custom signal',
      CUSTOM_SIGNAL_NAME,
      ['boost_bar', 'x', 'a1_', 'constructor', 'a'.repeat(64)],
      ['', 'Boost', '1st', '_x', '__proto__', 'a'.repeat(65), 'boost-bar', 'boost.bar', 'ladedruck_ü', 'x\n'],
    ],
  ])('knows a %s from what is none', (_what, pattern, good, wrong) => {
    expect(good.filter((text) => !pattern.test(text))).toEqual([]);
    expect(wrong.filter((text) => pattern.test(text))).toEqual([]);
  });
});

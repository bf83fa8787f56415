import {
  CUSTOM_SIGNAL_NAME,
  ENVELOPE_NAMES,
  EVENT_SCHEMA,
  type Fault,
  MAX_CUSTOM_SIGNALS,
  parseTimestamp,
  RESERVED_NAMES,
  SIGNAL_NAMES,
} from '@fleet/contract';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { measuredOf } from './measured.ts';
import { validateEvent } from './validate-event.ts';

const TS = '2025-11-04T12:00:00Z';
const VIN = 'WAUZZZFY0R1234567';
const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
const LEAST = { vehicle_id: 'golf', ts: TS, rpm: 900 };

/** The faults of what is no event; none of what is one. */
function faultsOf(input: unknown): readonly Fault[] {
  const valid = validateEvent(input);
  if (valid.ok) return [];
  expect(valid.error.slug).toBe('invalid-event');
  expect(valid.error.detail).not.toMatch(/undefined|object Object/);
  return valid.error.errors ?? [];
}

function customSignals(count: number): object {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`custom_${index}`, index]));
}

describe('validateEvent', () => {
  test.each<[string, unknown, object]>([
    ['the least', LEAST, { claimed: 'golf', ts: Date.UTC(2025, 10, 4, 12), measured: measuredOf({ rpm: 900 }) }],
    ['the VIN, though a vehicle id is there too', { ...LEAST, vin: VIN }, { claimed: VIN }],
    ['a trip id in capitals as the same in lower case', { ...LEAST, trip_id: TRIP.toUpperCase() }, { trip_id: TRIP }],
    [
      'a seq that is written with a fraction of zero',
      JSON.parse(`{"vehicle_id":"g","ts":"${TS}","rpm":1,"seq":7.0}`),
      { seq: 7 },
    ],
    ['a seq of 1', { ...LEAST, seq: 1 }, { seq: 1 }],
    ['the last seq', { ...LEAST, seq: 2 ** 53 - 1 }, { seq: 2 ** 53 - 1 }],
    ['milliseconds', { ...LEAST, ts: '2025-11-04T12:00:00.123456Z' }, { ts: Date.UTC(2025, 10, 4, 12, 0, 0, 123) }],
    ['UTC as an offset of zero', { ...LEAST, ts: '2025-11-04T12:00:00+00:00' }, { ts: Date.UTC(2025, 10, 4, 12) }],
    ['29 February of a leap year', { ...LEAST, ts: '2024-02-29T00:00:00Z' }, { ts: Date.UTC(2024, 1, 29) }],
    ['the first instant of 2010', { ...LEAST, ts: '2010-01-01T00:00:00Z' }, { ts: Date.UTC(2010) }],
    [
      'a position at the corner of the map',
      { ...LEAST, lat: -90, lon: 180 },
      { measured: measuredOf({ rpm: 900, lat: -90, lon: 180 }) },
    ],
    ['as many custom signals as there may be', { ...LEAST, ...customSignals(MAX_CUSTOM_SIGNALS) }, {}],
    [
      'a custom signal named like what every object inherits',
      { ...LEAST, constructor: 5 },
      { measured: measuredOf({ rpm: 900, constructor: 5 }) },
    ],
    ['that there are no trouble codes', { ...LEAST, dtcs: [] }, { dtcs: [] }],
    ['trouble codes', { ...LEAST, dtcs: ['P0301', 'U0100-87'] }, { dtcs: ['P0301', 'U0100-87'] }],
    [
      'the last of two members of the same name',
      JSON.parse(`{"vehicle_id":"g","ts":"${TS}","rpm":1,"rpm":2}`),
      { measured: measuredOf({ rpm: 2 }) },
    ],
  ])('takes %s', (_what, input, expected) => {
    expect(validateEvent(input)).toMatchObject({ ok: true, value: expected });
  });

  test.each<[string, unknown, readonly string[]]>([
    ['null', null, ['']],
    ['a number', 7, ['']],
    ['text', 'event', ['']],
    ['an array', [LEAST], ['']],
    ['nothing in it', {}, ['/ts', '', '']],
    ['no vehicle', { ts: TS, rpm: 900 }, ['']],
    ['a vehicle by the name that answers use', { vehicle: 'golf', ts: TS, rpm: 900 }, ['', '/vehicle']],
    ['a VIN with an I', { ts: TS, rpm: 900, vin: 'WAUZZZFYIR1234567' }, ['/vin']],
    ['a VIN in lower case', { ts: TS, rpm: 900, vin: VIN.toLowerCase() }, ['/vin']],
    ['a VIN of 16', { ts: TS, rpm: 900, vin: VIN.slice(1) }, ['/vin']],
    ['a bad VIN beside a good vehicle id', { ...LEAST, vin: 'x' }, ['/vin']],
    ['a vehicle id with a space', { ...LEAST, vehicle_id: 'my golf' }, ['/vehicle_id']],
    ['a vehicle id with a lone surrogate', { ...LEAST, vehicle_id: '\ud800' }, ['/vehicle_id']],
    ['a vehicle id of 65', { ...LEAST, vehicle_id: 'a'.repeat(65) }, ['/vehicle_id']],
    ['a vehicle id that is a number', { ...LEAST, vehicle_id: 7 }, ['/vehicle_id']],
    ['no time', { vehicle_id: 'golf', rpm: 900 }, ['/ts']],
    ['a time as a number', { ...LEAST, ts: 1_762_257_600 }, ['/ts']],
    ['31 February', { ...LEAST, ts: '2025-02-31T00:00:00Z' }, ['/ts']],
    ['29 February of another year', { ...LEAST, ts: '2025-02-29T00:00:00Z' }, ['/ts']],
    ['a leap second', { ...LEAST, ts: '2016-12-31T23:59:60Z' }, ['/ts']],
    ['a space between day and time', { ...LEAST, ts: '2025-11-04 12:00:00Z' }, ['/ts']],
    ['a local time', { ...LEAST, ts: '2025-11-04T12:00:00' }, ['/ts']],
    ['an offset', { ...LEAST, ts: '2025-11-04T12:00:00+01:00' }, ['/ts']],
    ['ten digits of a second', { ...LEAST, ts: '2025-11-04T12:00:00.1234567890Z' }, ['/ts']],
    ['1970', { ...LEAST, ts: '1970-01-01T00:00:00Z' }, ['/ts']],
    ['the last second of 2009', { ...LEAST, ts: '2009-12-31T23:59:59Z' }, ['/ts']],
    ['a trip id that is no UUID', { ...LEAST, trip_id: 'monday' }, ['/trip_id']],
    ['a UUID in braces', { ...LEAST, trip_id: `{${TRIP}}` }, ['/trip_id']],
    ['a seq of 0', { ...LEAST, seq: 0 }, ['/seq']],
    ['a negative seq', { ...LEAST, seq: -1 }, ['/seq']],
    ['a seq of 2^53', { ...LEAST, seq: 2 ** 53 }, ['/seq']],
    [
      'a seq that JSON readers read otherwise',
      JSON.parse(`{"vehicle_id":"g","ts":"${TS}","rpm":1,"seq":9007199254740993}`),
      ['/seq'],
    ],
    ['a seq with a fraction', { ...LEAST, seq: 1.5 }, ['/seq']],
    ['a seq as text', { ...LEAST, seq: '1' }, ['/seq']],
    ['a version to come', { ...LEAST, schema_version: 2 }, ['/schema_version']],
    ['the version as text', { ...LEAST, schema_version: '1' }, ['/schema_version']],
    ['lat without lon', { ...LEAST, lat: 47 }, ['/lon']],
    ['lon without lat', { ...LEAST, lon: 8 }, ['/lat']],
    ['a position beyond the map', { ...LEAST, lat: 90.1, lon: -180.1 }, ['/lat', '/lon']],
    ['a speed that no car has', { ...LEAST, speed_kph: 501 }, ['/speed_kph']],
    ['a signal of null', { ...LEAST, rpm: null }, ['/rpm']],
    ['a signal as text', { ...LEAST, rpm: '900' }, ['/rpm']],
    ['a number beyond all numbers', JSON.parse(`{"vehicle_id":"g","ts":"${TS}","boost":1e999}`), ['/boost']],
    ['a custom signal of null', { ...LEAST, boost: null }, ['/boost']],
    ['a custom signal as text', { ...LEAST, gear: 'D' }, ['/gear']],
    ['no signal', { vehicle_id: 'golf', ts: TS }, ['']],
    ['trouble codes alone', { vehicle_id: 'golf', ts: TS, dtcs: ['P0301'] }, ['']],
    ['too many custom signals', { ...LEAST, ...customSignals(MAX_CUSTOM_SIGNALS + 1) }, ['']],
    ['capitals in a name', { ...LEAST, Boost: 1 }, ['/Boost']],
    ['a name of 65', { ...LEAST, ['a'.repeat(65)]: 1 }, [`/${'a'.repeat(65)}`]],
    ['a name that must be escaped in a pointer', { ...LEAST, 'a/b~c': 1 }, ['/a~1b~0c']],
    ['an empty name', { ...LEAST, '': 1 }, ['/']],
    ['a name with a lone surrogate', { ...LEAST, '\ud800': 1 }, ['/\ud800']],
    ['the prototype as a signal', JSON.parse(`{"vehicle_id":"g","ts":"${TS}","rpm":1,"__proto__":1}`), ['/__proto__']],
    ['a trouble code that is none', { ...LEAST, dtcs: ['P0301', 'P9999', 'p0301'] }, ['/dtcs/1', '/dtcs/2']],
    ['trouble codes as text', { ...LEAST, dtcs: 'P0301' }, ['/dtcs']],
    ['too many trouble codes', { ...LEAST, dtcs: Array(65).fill('P0301') }, ['/dtcs']],
  ])('refuses %s, and points there', (_what, input, pointers) => {
    expect(
      faultsOf(input)
        .map(({ pointer }) => pointer)
        .toSorted(),
    ).toEqual(pointers.toSorted());
  });

  test.each(RESERVED_NAMES.filter((name) => !ENVELOPE_NAMES.includes(name)))('refuses a signal named %s', (name) => {
    expect(faultsOf({ ...LEAST, [name]: 1 })).toMatchObject([{ pointer: `/${name}` }]);
  });

  test('names everything that is wrong at once, each place once', () => {
    const input = {
      vin: 'x',
      ts: '2025-02-31T00:00:00Z',
      seq: 0,
      lat: 91,
      rpm: null,
      Boost: 1,
      dtcs: ['?'],
      trip_id: 1,
    };

    expect(
      faultsOf(input)
        .map(({ pointer }) => pointer)
        .toSorted(),
    ).toEqual(['/Boost', '/dtcs/0', '/lat', '/lon', '/rpm', '/seq', '/trip_id', '/ts', '/vin'].toSorted());
  });

  test('lists no more faults than an answer can bear', () => {
    const input = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`Wrong ${index}`, null]));

    expect(faultsOf(input).length).toBe(100);
  });

  test.each<[string, object]>([
    ['members', Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`Wrong ${index}`, null]))],
    ['trouble codes', { ...LEAST, dtcs: Array(5_000).fill(0) }],
  ])('does not look at each of far too many %s', (_what, input) => {
    expect(faultsOf(input)).toMatchObject([{ pointer: '', detail: 'has more than 1000 members or trouble codes' }]);
  });

  test.each<[string, unknown]>([
    ['a number', 1],
    ['no number', null],
  ])('does not repeat a name that is far too long, of %s', (_what, value) => {
    expect(faultsOf({ ...LEAST, rpm: -1, [`Boost${'t'.repeat(60_000)}`]: value })).toEqual([
      { pointer: '', detail: 'has a member whose name is longer than 128 characters' },
    ]);
  });

  test('changes nothing but the event: a prototype in the text stays a member', () => {
    faultsOf(JSON.parse('{"__proto__":{"rpm":900},"vehicle_id":"golf","ts":"2025-11-04T12:00:00Z"}'));

    expect(({} as Record<string, unknown>)['rpm']).toBeUndefined();
  });
});

const matchesSchema = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictRequired: false }).compile(
  EVENT_SCHEMA,
);

/** What the published schema takes, with the two rules that are beyond it. */
function isEvent(input: unknown): boolean {
  if (!matchesSchema(input)) return false;
  const event = input as object as Record<string, unknown>;
  const names = Object.keys(event);
  const custom = names.filter((name) => !ENVELOPE_NAMES.includes(name) && !SIGNAL_NAMES.includes(name as never));
  return typeof parseTimestamp(`${event['ts']}`) === 'number' && custom.length <= MAX_CUSTOM_SIGNALS;
}

const value = fc.oneof(
  fc.constantFrom(
    null,
    true,
    '',
    'golf',
    VIN,
    TRIP,
    TS,
    0,
    1,
    -1,
    47.5,
    500,
    2 ** 53,
    '2025-02-31T00:00:00Z',
    [],
    ['P0301'],
    {},
  ),
  fc.double({ noNaN: true }),
  fc.jsonValue({ maxDepth: 2 }),
);
const name = fc.oneof(
  fc.constantFrom(...ENVELOPE_NAMES, ...SIGNAL_NAMES, ...RESERVED_NAMES, 'boost', 'Boost', '__proto__', 'constructor'),
  fc.string({ maxLength: 8 }),
);
const nearlyEvent = fc
  .tuple(
    fc.constantFrom<object>(LEAST, { ...LEAST, lat: 1, lon: 2, dtcs: [] }, {}),
    fc.array(fc.tuple(name, value), { maxLength: 4 }),
  )
  .map(([base, changes]) => ({ ...base, ...Object.fromEntries(changes) }));

test('validateEvent takes just what the published schema takes, but for the calendar and the number of custom signals', () => {
  fc.assert(
    fc.property(fc.oneof(nearlyEvent, fc.jsonValue()), (input) => {
      const valid = validateEvent(JSON.parse(JSON.stringify(input)));

      expect(valid.ok).toBe(isEvent(JSON.parse(JSON.stringify(input))));
      if (valid.ok) expect(valid.value.measured.names.every((key) => CUSTOM_SIGNAL_NAME.test(key))).toBe(true);
      else expect(valid.error.errors?.length).toBeGreaterThan(0);
    }),
    { numRuns: 2_000 },
  );
});

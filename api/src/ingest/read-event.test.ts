import { ENVELOPE_NAMES, RESERVED_NAMES, SIGNAL_NAMES } from '@fleet/contract';
import { readDrives } from '@fleet/testkit';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_LINE_BYTES, parseJson } from './decode.ts';
import { EventScanner } from './event-scanner.ts';
import { Line } from './lines.ts';
import { valuesOf } from './measured.ts';
import { readBody, readLine } from './read-event.ts';
import { validateEvent } from './validate-event.ts';

const TS = '2025-11-04T12:00:00Z';
const VIN = 'WAUZZZFY0R1234567';
const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';

/** What becomes of a text: the events in it, or what is wrong with it. */
function taken(read: ReturnType<typeof parseJson>): unknown {
  if (!read.ok) return read;
  return Array.isArray(read.value) ? read.value.map(validateEvent) : validateEvent(read.value);
}

function expectBothWaysAgree(text: Buffer): void {
  const expected = taken(parseJson(text));

  expect(taken(readBody(text))).toEqual(expected);
  if (!text.includes('\n')) expect(taken(readLine(new Line(1, text, 0, text.length)))).toEqual(expected);
}

function digitsUpTo(count: bigint) {
  return fc.bigInt({ min: 0n, max: 10n ** count });
}

/** Whether a text is read the quick way. */
function isQuick(text: string): boolean {
  const scanner = new EventScanner();
  return scanner.read(Buffer.from(text), 0) !== undefined && scanner.end === Buffer.byteLength(text);
}

describe('events are read from bytes just as from JSON', () => {
  test.each([
    `{"vehicle_id":"golf","ts":"${TS}","rpm":900}`,
    `{ "vehicle_id" : "golf" , "ts" : "${TS}" , "rpm" : 900 }`,
    `{"vehicle_id": "golf", "ts": "${TS}", "rpm": 900}`,
    `{"rpm":900,"ts":"${TS}","vin":"${VIN}","vehicle_id":"golf"}`,
    `{"vehicle_id":"golf","vin":"${VIN.toLowerCase()}","ts":"${TS}","rpm":900}`,
    `{"vehicle_id":"golf","trip_id":"${TRIP.toUpperCase()}","seq":7,"schema_version":1,"ts":"${TS}","rpm":900}`,
    `{"vehicle_id":"golf","seq":7.0,"ts":"${TS}","rpm":900}`,
    `{"vehicle_id":"golf","seq":7e0,"ts":"${TS}","rpm":900}`,
    `{"vehicle_id":"golf","seq":9007199254740991,"ts":"${TS}","rpm":900}`,
    `{"vehicle_id":"golf","seq":9007199254740993,"ts":"${TS}","rpm":900}`,
    `{"vehicle_id":"golf","ts":"${TS}","rpm":900,"rpm":901}`,
    `{"vehicle_id":"golf","ts":"${TS}","rpm":900,"dtcs":["P0301"]}`,
    `{"vehicle_id":"golf","ts":"${TS}","rpm":null}`,
    `{"vehicle_id":"golf","ts":"${TS}","rpm":"900"}`,
    `{"vehicle_id":"golf","ts":"${TS}","rpm":20000}`,
    `{"vehicle_id":"golf","ts":"${TS}","rpm":20000.5}`,
    `{"vehicle_id":"golf","ts":"${TS}","rpm":20001}`,
    `{"vehicle_id":"golf","ts":"${TS}","rpm":-0.5}`,
    `{"vehicle_id":"golf","ts":"${TS}","lat":1}`,
    `{"vehicle_id":"golf","ts":"${TS}","boost_kpa":1e400}`,
    `{"vehicle_id":"golf","ts":"${TS}","boost_kpa":-1.5E-3}`,
    `{"vehicle_id":"golf","ts":"${TS}","Boost":1}`,
    `{"vehicle_id":"golf","ts":"${TS}","__proto__":1,"constructor":2}`,
    `{"vehicle_id":"golf","ts":"${TS}","time":1,"rpm":2}`,
    `{"vehicle_id":"golf","ts":"${TS}"}`,
    `{"vehicle_id":"golf","ts":"${TS}","rpm":900}}`,
    `{"vehicle_id":"golf","ts":"${TS}","rpm":900} `,
    ` {"vehicle_id":"golf","ts":"${TS}","rpm":900}`,
    `\uFEFF{"vehicle_id":"golf","ts":"${TS}","rpm":900}`,
    `{"vehicle_id":"golf","ts":"${TS}","rpm":900`,
    `{"vehicle_id":"golf","ts":"${TS}","rpm":900,}`,
    `{"vehicle_id":"go\\u006cf","ts":"${TS}","rpm":900}`,
    `{"vehicle_id":"gölf","ts":"${TS}","rpm":900}`,
    `{"vehicle_id":"${'g'.repeat(65)}","ts":"${TS}","rpm":900}`,
    '{}',
    '{',
    '',
    '[]',
    '[',
    'null',
  ])('in %s', (text) => {
    expectBothWaysAgree(Buffer.from(text));
    expectBothWaysAgree(Buffer.from(`[${text}]`));
    expectBothWaysAgree(Buffer.from(`[${text}][${text}]`));
    expectBothWaysAgree(Buffer.from(`[{"vehicle_id":"golf","ts":"${TS}","rpm":1}, ${text}]`));
  });

  test.each([
    '2025-11-04T12:00:00.1Z',
    '2025-11-04T12:00:00.12Z',
    '2025-11-04T12:00:00.1239999Z',
    '2025-11-04T12:00:00.123456789Z',
    '2025-11-04T12:00:00.1234567891Z',
    '2025-11-04T12:00:00.Z',
    '2025-11-04T12:00:00+00:00',
    '2025-11-04T12:00:60Z',
    '2025-11-04T24:00:00Z',
    '2025-11-04T12:60:00Z',
    '2025-11-04T1:000:00Z',
    '2025-02-29T12:00:00Z',
    '2024-02-29T23:59:59.999Z',
    '2025-13-01T00:00:00Z',
    '2009-12-31T23:59:59Z',
    '2010-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '2025-11-04 12:00:00Z',
    '2025-11-04t12:00:00z',
    '2025-11-04T12:00:00Z ',
    '0000-00-00T00:00:00Z',
    'yesterday',
  ])('at the time %s', (ts) => {
    expectBothWaysAgree(Buffer.from(JSON.stringify({ vehicle_id: 'golf', ts, rpm: 900 })));
  });

  test('on one day after the other', () => {
    for (let day = 0; day < 800; day++) {
      const ts = new Date(Date.parse(TS) + day * 86_400_000).toISOString();
      expectBothWaysAgree(Buffer.from(JSON.stringify({ vehicle_id: 'golf', ts, rpm: 900 })));
    }
  });

  test('of vehicles whose names begin alike, one by one', () => {
    for (let car = 0; car < 1_000; car++) {
      for (const vehicle_id of ['golf', `golf${car}`]) {
        expectBothWaysAgree(Buffer.from(JSON.stringify({ vehicle_id, ts: TS, rpm: 900 })));
      }
    }
  });

  test.each([
    '0',
    '-0',
    '-0.0',
    '00',
    '01',
    '-01',
    '0.5',
    '.5',
    '5.',
    '-',
    '+1',
    '1e5',
    '1E+05',
    '1e',
    '1.7976931348623157e308',
  ])('with the number %s', (number) => {
    expectBothWaysAgree(Buffer.from(`{"vehicle_id":"golf","ts":"${TS}","x":${number}}`));
  });

  test('with any number, to the last bit', () => {
    const decimal = fc
      .tuple(
        fc.constantFrom('', '-'),
        fc.oneof(...[15n, 16n, 17n, 22n].map(digitsUpTo)),
        fc.integer({ min: 0, max: 24 }),
      )
      .map(([sign, digits, decimals]) => {
        const text = digits.toString().padStart(decimals + 1, '0');
        return sign + (decimals === 0 ? text : `${text.slice(0, -decimals)}.${text.slice(-decimals)}`);
      });
    const number = fc.oneof(decimal, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String));
    fc.assert(
      fc.property(number, (text) => expectBothWaysAgree(Buffer.from(`{"vehicle_id":"golf","ts":"${TS}","x":${text}}`))),
      { numRuns: 2_000 },
    );
  });

  test('whatever is in them, and whatever happened to them on the way', () => {
    const value = fc.oneof(
      fc.constantFrom<unknown>(TS, VIN, TRIP, 'golf', 0, -0, 1, 42.5, 1e21, 500.01, null, true, [], ['P0301'], {}),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.string({ maxLength: 3 }),
    );
    const name = fc.oneof(
      fc.constantFrom(
        ...ENVELOPE_NAMES,
        ...SIGNAL_NAMES,
        ...RESERVED_NAMES,
        'boost',
        'Boost',
        '__proto__',
        'constructor',
      ),
      fc.string({ maxLength: 4 }),
    );
    const event = fc
      .tuple(
        fc.constantFrom<object>({ vehicle_id: 'golf', ts: TS }, { ts: TS, vin: VIN, lat: 1, lon: 2 }, {}),
        fc.array(fc.tuple(name, value), { maxLength: 5 }),
      )
      .map(([base, more]) => ({ ...base, ...Object.fromEntries(more) }));
    const document = fc.oneof(event, fc.array(event, { maxLength: 3 }));
    const damage = fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 2 }) },
    );
    fc.assert(
      fc.property(document, fc.constantFrom(undefined, 1), damage, (json, indent, changes) => {
        const bytes = Buffer.from(JSON.stringify(json, null, indent)?.replaceAll('\n', '') ?? '');
        for (const [at, byte] of bytes.length > 0 ? changes : []) bytes[at % bytes.length] = byte;

        expectBothWaysAgree(bytes);
      }),
      { numRuns: 5_000 },
    );
  });
});

test.each([
  [MAX_LINE_BYTES, true],
  [MAX_LINE_BYTES + 1, false],
])('a line of %d bytes is read: %j', (length, isRead) => {
  const event = `{"vehicle_id":"golf","ts":"${TS}","rpm":900}`;
  const text = Buffer.from(event.replace('{', `{${' '.repeat(length - event.length)}`));

  expect(readLine(new Line(1, text, 0, length)).ok).toBe(isRead);
});

describe('the quick way', () => {
  test('is that of every event of the recorded drives, and of what Python writes', () => {
    const events = readDrives()
      .flatMap(({ events: all }) => all)
      .filter((_event, index) => index % 50 === 0);

    expect(events.length).toBeGreaterThan(200);
    for (const event of events) expect(isQuick(JSON.stringify(event))).toBe(true);
    expect(isQuick(`{"vehicle_id": "golf", "ts": "${TS}", "lat": 49.58910000000001, "lon": -8.6527}`)).toBe(true);
  });

  test('goes on when devices make up more names than are remembered', () => {
    const scanner = new EventScanner();
    for (let device = 0; device < 10_000; device++) {
      const text = Buffer.from(`{"vehicle_id":"golf","ts":"${TS}","x${device}":${device},"y${device % 7}":1}`);
      const event = scanner.read(text, 0);

      expect(event && valuesOf(event.measured)).toEqual({ [`x${device}`]: device, [`y${device % 7}`]: 1 });
    }
  });

  test('gives events with the same names in the same order one list of names', () => {
    const scanner = new EventScanner();
    const read = (rpm: number) => scanner.read(Buffer.from(`{"vehicle_id":"golf","ts":"${TS}","rpm":${rpm}}`), 0);

    expect(read(1)?.measured.names).toBe(read(2)?.measured.names);
  });
});

import { describe, expect, test } from '@jest/globals';
import { measuredOf } from '../../ingest/measured.ts';
import { parseCsv } from './csv.ts';
import { eventLine } from './event-line.ts';
import { parseEventRows } from './event-rows.ts';
import { key, milliseconds, nanoseconds, quoted } from './line-protocol.ts';

const T0 = Date.UTC(2025, 10, 4, 12);
const EVENT = {
  vehicle: 'golf',
  trip: 'A',
  container: 'A',
  seq: 1,
  ts: T0,
  source: 'phone',
  measured: measuredOf({}),
  dtcs: undefined,
};

test.each([
  ['golf', 'golf'],
  ["Anna's golf", "Anna's\\ golf"],
  ['a,b=c', 'a\\,b\\=c'],
  ['two\nlines', 'two_lines'],
  ['ends with \\', 'ends\\ with\\ _'],
  ['Käfer 🚗', 'Käfer\\ 🚗'],
])('a tag %j is written %j', (text, written) => {
  expect(key(text)).toBe(written);
});

test.each([
  ['phone', '"phone"'],
  ['say "hi"', '"say \\"hi\\""'],
  ['C:\\', '"C:\\\\"'],
  ['a, b = c', '"a, b = c"'],
])('a text %j is written %s', (text, written) => {
  expect(quoted(text)).toBe(written);
});

test.each([
  [T0, 1, '1762257600000000001'],
  [T0, 999_999, '1762257600000999999'],
  [1, 0, '1000000'],
])('%d ms and %d ns are %s ns, and back', (ms, beyond, written) => {
  expect(nanoseconds(ms, beyond)).toBe(written);
  expect(milliseconds(written)).toBe(ms);
});

describe('the line of an event', () => {
  test.each([
    [50, '50'],
    [0.1 + 0.2, '0.30000000000000004'],
    [-8.653, '-8.653'],
    [1e21, '1e+21'],
    [5e-324, '5e-324'],
  ])('has a value %d as the float %s', (value, written) => {
    expect(eventLine({ ...EVENT, measured: measuredOf({ speed_kph: value }) })).toContain(`,speed_kph=${written} `);
  });

  test('has all of it', () => {
    const event = {
      ...EVENT,
      measured: measuredOf({ rpm: 900 }),
      dtcs: ['P0301', 'U0100-87'],
      source: 'the "old" phone',
    };
    expect(eventLine(event)).toBe(
      'telemetry,vin=golf,trip_id=A seq=1i,source="the \\"old\\" phone",dtcs="[\\"P0301\\",\\"U0100-87\\"]",rpm=900 1762257600000000001',
    );
  });

  test('gives events with the same second places of their own by their seqs, above a million too', () => {
    const seqs = [1, 2, 10, 999_999, 1_000_000, 1_000_001 + 1_000_000];
    const times = seqs.map((seq) =>
      eventLine({ ...EVENT, seq })
        .split(' ')
        .at(-1),
    );
    expect(times.map((time) => time?.slice(-6))).toEqual(['000001', '000002', '000010', '999999', '000000', '000001']);
  });
});

describe('an answer', () => {
  test('is read by tables, each with columns of its own, without what is empty', () => {
    const text = 'name,tags,time,a,b\nm,,1,2,\nm,,2,,x\n\nname,tags,time,c\nn,,3,4\n';
    expect(parseCsv(text)).toEqual([
      { time: '1', a: '2' },
      { time: '2', b: 'x' },
      { time: '3', c: '4' },
    ]);
    expect(parseCsv('')).toEqual([]);
  });

  test('may have commas, quotes and line breaks in a text', () => {
    expect(parseCsv('name,tags,time,a,b\nm,,1,"x, ""y""\nz",2\nm,,2,"",3')).toEqual([
      { time: '1', a: 'x, "y"\nz', b: '2' },
      { time: '2', b: '3' },
    ]);
  });

  test('is events again', () => {
    const text =
      'name,tags,time,seq,source,dtcs,rpm,speed_kph,tags,vin,trip_id\n' +
      'telemetry,,1762257600000000007,1000007,phone,[],900,,,golf,A\n' +
      'telemetry,,1762257600000000008,8,"a, b","[""P0301""]",,1.5,7,golf,day-2025-11-04\n' +
      'telemetry,,1762257600000000009,9,,,,,,golf,A\n';
    expect(parseEventRows(Buffer.from(text))).toEqual([
      { ts: T0, seq: 1_000_007, trip: 'A', source: 'phone', values: { rpm: 900 }, dtcs: [] },
      { ts: T0, seq: 8, trip: null, source: 'a, b', values: { speed_kph: 1.5, tags: 7 }, dtcs: ['P0301'] },
      { ts: T0, seq: 9, trip: 'A', source: '', values: {} },
    ]);
  });
});

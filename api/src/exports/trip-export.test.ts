import type { SignalValues } from '@fleet/contract';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventRow } from '../ports.ts';
import { summarize } from '../trips/summary.ts';
import { addRow, startTotals } from '../trips/totals.ts';
import { type ExportedTrip, TRIP_EXPORTS } from './trip-export.ts';

const T0 = Date.UTC(2025, 10, 4, 12);
const FIELDS = ['speed_kph', 'rpm', 'constructor'];

function row(seconds: number, values: SignalValues, more: Partial<EventRow> = {}): EventRow {
  return { ts: T0 + seconds * 1_000, seq: seconds, trip: null, source: 'phone', values, ...more };
}

async function* inPages(rows: readonly EventRow[], size: number): AsyncGenerator<readonly EventRow[]> {
  for (let at = 0; at < rows.length; at += size) {
    yield [];
    yield rows.slice(at, at + size);
  }
}

function tripOf(rows: readonly EventRow[], pages = inPages(rows, 1_000)): ExportedTrip {
  const totals = startTotals();
  for (const each of rows) addRow(totals, each);
  const trip = { id: 'a1', from: totals.first_ts, to: totals.last_ts, parts: [] };
  return { summary: summarize('Twingo', trip, totals, undefined), fields: FIELDS, rows: pages };
}

async function written(suffix: string, trip: ExportedTrip): Promise<string> {
  let text = '';
  for await (const piece of TRIP_EXPORTS.find((format) => format.suffix === suffix)!.write(trip)) text += piece;
  return text;
}

const coordinate = fc.double({ min: -90, max: 90, noNaN: true });
const anyValues = fc.record({ lat: coordinate, lon: coordinate, rpm: fc.nat() }, { requiredKeys: [] });
const anyRows = fc
  .array(fc.record({ step: fc.nat(90), values: anyValues, dtcs: fc.constantFrom(undefined, [], ['P0301']) }))
  .map((all) => {
    let seconds = 0;
    return all.map(({ step, values, dtcs }) => {
      seconds += step;
      return row(seconds, values as SignalValues, { dtcs });
    });
  });

describe.each(TRIP_EXPORTS)('a trip as $suffix', (format) => {
  test('is the same however its rows come in pages', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, fc.integer({ min: 1, max: 20 }), async (rows, size) => {
        const whole = await written(format.suffix, tripOf(rows));

        expect(await written(format.suffix, tripOf(rows, inPages(rows, size)))).toBe(whole);
      }),
    );
  });

  test('draws a page when it is asked for a piece, no earlier, and none once nobody asks', async () => {
    const rows = Array.from({ length: 9 }, (_, index) => row(index, { lat: 47, lon: 8, rpm: index }));
    const drawn: string[] = [];
    const noted = async function* () {
      try {
        for (const each of rows) {
          drawn.push('page');
          yield [each];
        }
      } finally {
        drawn.push('closed');
      }
    };
    const pieces = format.write(tripOf(rows, noted()))[Symbol.asyncIterator]();
    expect(drawn).toEqual([]);

    await pieces.next();
    await pieces.next();
    expect(drawn).toEqual(['page', 'page']);

    await pieces.return?.();
    expect(drawn).toEqual(['page', 'page', 'closed']);
  });

  test('fails before its first piece where its rows can not be read', async () => {
    const broken = async function* (): AsyncGenerator<readonly EventRow[]> {
      yield* [];
      throw new Error('no store');
    };

    await expect(format.write(tripOf([], broken()))[Symbol.asyncIterator]().next()).rejects.toThrow('no store');
  });
});

describe('events', () => {
  const rows = [
    row(1, { speed_kph: 50.5, lat: 47 }, { dtcs: ['P0301', 'U0100-87'] }),
    row(2, { rpm: 0 }, { source: '=cmd()', dtcs: [] }),
    row(2.5, { constructor: 7 } as unknown as SignalValues, { seq: 3, source: 'a "b", c' }),
  ];
  const events: object[] = [
    { ts: '2025-11-04T12:00:01Z', seq: 1, source: 'phone', speed_kph: 50.5, dtcs: ['P0301', 'U0100-87'] },
    { ts: '2025-11-04T12:00:02Z', seq: 2, source: '=cmd()', rpm: 0, dtcs: [] },
    { ts: '2025-11-04T12:00:02.500Z', seq: 3, source: 'a "b", c', constructor: 7 },
  ];

  test('are one document of JSON, with the asked signals that each has', async () => {
    expect(JSON.parse(await written('json', tripOf(rows)))).toEqual({ trip_id: 'a1', vehicle: 'Twingo', events });
    expect(await written('json', tripOf([]))).toBe('{"trip_id":"a1","vehicle":"Twingo","events":[]}');
  });

  test('are the same objects a line each as NDJSON', async () => {
    const text = await written('ndjson', tripOf(rows));

    expect(text).toBe(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    expect(await written('ndjson', tripOf([]))).toBe('');
  });

  test('are a table as CSV that no spreadsheet runs', async () => {
    const header = 'ts,seq,source,speed_kph,rpm,constructor,dtcs\r\n';
    expect(await written('csv', tripOf(rows))).toBe(
      `${header}2025-11-04T12:00:01Z,1,phone,50.5,,,P0301 U0100-87\r\n` +
        "2025-11-04T12:00:02Z,2,'=cmd(),,0,,\r\n" +
        '2025-11-04T12:00:02.500Z,3,"a ""b"", c",,,7,\r\n',
    );
    expect(await written('csv', tripOf([]))).toBe(header);
  });
});

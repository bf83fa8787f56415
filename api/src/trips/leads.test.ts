import { parseTimestamp, type SignalValues } from '@fleet/contract';
import { integerBetween, readDrives, seededRandom } from '@fleet/testkit';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { finishDistance } from './distance.ts';
import { type Leads, leadingValues } from './leads.ts';
import { addRow, compareRows, type EventRow, startTotals } from './totals.ts';

function row(ms: number, source: string, values: SignalValues): EventRow {
  return { ts: ms, seq: ms, trip: null, source, values };
}

/** Which source's readings of a signal count, in order. */
function led(rows: readonly EventRow[], name = 'speed_kph'): string {
  const leads: Leads = {};
  return rows
    .toSorted(compareRows)
    .map((each) => (leadingValues(leads, each)[name] === undefined ? '.' : each.source))
    .join('');
}

/** Readings of a source: from one second to another, every so many milliseconds. */
function every(source: string, stepMs: number, from: number, to: number): EventRow[] {
  const count = Math.floor(((to - from) * 1_000) / stepMs) + 1;
  return Array.from({ length: count }, (_, index) => row(from * 1_000 + index * stepMs, source, { speed_kph: 50 }));
}

describe('the leader of a signal', () => {
  test('is its only source', () => {
    expect(led(every('a', 1_000, 0, 4))).toBe('aaaaa');
  });

  test('stays, whoever else gives it as well', () => {
    expect(led([...every('a', 1_000, 0, 3), ...every('b', 1_000, 0.5, 3.5)])).toBe('a.a.a.a.');
  });

  test('changes when it falls silent, and not back before the other one does', () => {
    const rows = [...every('a', 1_000, 0, 2), ...every('b', 1_000, 0.5, 8), ...every('a', 1_000, 7, 8)];

    expect(led(rows)).toBe('a.a.a...bb.b.');
  });

  test('gives way to one that is much denser, where it is not dense enough itself', () => {
    const sparse = every('a', 10_000, 0, 60);
    const dense = every('b', 1_000, 0.5, 60.5);

    expect(
      led([...sparse, ...dense])
        .replaceAll('.', '')
        .replace(/^a+/, ''),
    ).toMatch(/^b+$/);
  });

  test('keeps a signal that comes seldom, against one that comes as seldom, once its step is known', () => {
    const [a, b] = [every('a', 30_000, 0, 300), every('b', 30_000, 10, 310)];

    expect(led([...a, ...b]).replaceAll('.', '')).toMatch(/^aba{10}$/);
  });

  test('is another one for each signal', () => {
    const leads: Leads = {};
    leadingValues(leads, row(0, 'dongle', { rpm: 900 }));
    leadingValues(leads, row(100, 'phone', { lat: 1, lon: 1 }));

    expect(leadingValues(leads, row(1_000, 'dongle', { rpm: 900, lat: 2, lon: 2 }))).toEqual({ rpm: 900 });
  });

  test('is found for names that every object has', () => {
    const leads: Leads = {};
    leadingValues(leads, row(0, 'constructor', { constructor: 1 }));

    expect(leadingValues(leads, row(1, 'valueOf', { constructor: 2 }))).toEqual({});
  });

  test('is the same when everything was put away as JSON in between', () => {
    const step = fc.record({ ms: fc.nat(9_000), source: fc.constantFrom('a', 'b', 'c'), both: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(40), (steps, at) => {
        let ts = 0;
        const rows = steps.map(({ ms, source, both }) => {
          ts += ms;
          return row(ts, source, both ? { speed_kph: 1, rpm: 2 } : { rpm: 3 });
        });
        let leads: Leads = {};
        const resumed = rows.map((each, index) => {
          if (index === at) leads = JSON.parse(JSON.stringify(leads)) as Leads;
          return leadingValues(leads, each);
        });
        const whole: Leads = {};

        expect(resumed).toEqual(rows.map((each) => leadingValues(whole, each)));
      }),
    );
  });
});

const GPS = ['lat', 'lon', 'altitude_m', 'heading_deg', 'hdop', 'gps_satellites'];

describe('a real drive split in two', () => {
  const drives = readDrives().map(({ truth, events }) => ({
    drive: truth.drive,
    rows: events.map(({ ts, ...event }) =>
      row(
        parseTimestamp(ts) as number,
        'logger',
        Object.fromEntries(
          Object.entries(event).filter(
            (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[0] !== 'schema_version',
          ),
        ),
      ),
    ),
  }));

  test.each(drives)('drive $drive: a dongle without GPS and a phone whose clock is off make the same trip', (drive) => {
    const random = seededRandom(drive.drive);
    const rows = drive.rows.flatMap(({ ts, values }) => {
      const { speed_kph: kph, ...others } = values as { speed_kph?: number };
      const jitter = () => integerBetween(random, -300, 300);
      const gps = Object.fromEntries(Object.entries(others).filter(([name]) => GPS.includes(name)));
      const car = Object.fromEntries(Object.entries(values).filter(([name]) => !GPS.includes(name)));
      return [
        ...(Object.keys(car).length > 0 ? [row(ts + jitter(), 'dongle', car)] : []),
        row(ts + 1_700 + jitter(), 'phone', { ...gps, ...(kph !== undefined && { gps_speed_kph: kph * 1.03 }) }),
      ];
    });
    const [whole, split] = [totalsOf(drive.rows), totalsOf(rows)];

    expect(split.km / whole.km).toBeGreaterThan(0.98);
    expect(split.km / whole.km).toBeLessThan(1.02);
    expect(split.totals.max_speed_kph).toBe(whole.totals.max_speed_kph);
    expect(split.totals.bbox).toEqual(whole.totals.bbox);
  });

  test.each(drives)('drive $drive: two phones make one track', (drive) => {
    const random = seededRandom(drive.drive);
    const phones = drive.rows.flatMap(({ ts, values: { lat, lon } }) => {
      if (lat === undefined || lon === undefined) return [];
      const off = () => integerBetween(random, -100, 100) / 1e6;
      return [
        row(ts, 'one', { lat, lon }),
        row(ts + 400 + integerBetween(random, -300, 300), 'two', { lat: lat + off(), lon: lon + off() }),
      ];
    });
    const alone = totalsOf(phones.filter(({ source }) => source === 'one'));

    expect(Math.abs(totalsOf(phones).km / alone.km - 1)).toBeLessThan(0.02);
  });
});

function totalsOf(rows: readonly EventRow[]) {
  const totals = startTotals();
  for (const each of rows.toSorted(compareRows)) addRow(totals, each);
  const { driven_km, gap_km } = finishDistance(totals.distance);
  return { totals, km: driven_km + gap_km };
}

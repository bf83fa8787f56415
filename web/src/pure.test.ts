/** The pure parts of the other pages. */
import { describe, expect, test } from '@jest/globals';
import { createEventParser } from './api/event-stream.ts';
import type { Latest, Trip } from './api/types.ts';
import { curveOf, fixOf, type LiveState, withLatest } from './live/live-state.ts';
import { baseStyle } from './map/map-theme.ts';
import { MESSAGES_DE } from './text/messages-de.ts';
import { MESSAGES_EN } from './text/messages-en.ts';
import { chooseLanguage, createTranslate } from './text/translate.ts';
import { filterIn, isWithin, queryOf } from './trips/filter.ts';
import { trackPath } from './trips/track-path.ts';
import { dayOf, offsetsOf, ROW_PX, rowsBetween, rowsOf } from './trips/trip-rows.ts';
import { createFormat } from './units/format.ts';
import { WAYS } from './vehicles/connections.ts';

function trip(trip_id: string, started_at: string, time_zone: string | null = 'Europe/Berlin'): Trip {
  return { trip_id, vehicle: 'golf', started_at, time_zone } as Trip;
}

describe('the list of trips', () => {
  test('has a heading a day, by the clock of the place', () => {
    const rows = rowsOf([
      trip('c', '2026-01-02T23:30:00Z'),
      trip('b', '2026-01-02T12:00:00Z'),
      trip('a', '2026-01-01T23:30:00Z'),
    ]);

    expect(rows.map(({ kind, key }) => (kind === 'day' ? key : kind))).toEqual([
      '2026-01-03',
      'trip',
      '2026-01-02',
      'trip',
      'trip',
    ]);
  });

  test('draws only what is in view, of ten thousand too', () => {
    const trips = Array.from({ length: 10_000 }, (_, index) =>
      trip(`${index}`, new Date(Date.UTC(2026, 0, 1) - index * 7_200_000).toISOString()),
    );
    const offsets = offsetsOf(rowsOf(trips));
    const [first, end] = rowsBetween(offsets, 400_000, 401_000);

    expect(end - first).toBeLessThan(1_000 / ROW_PX.day + 2);
    expect(offsets[first]).toBeLessThanOrEqual(400_000);
    expect(offsets[end]).toBeGreaterThanOrEqual(401_000);
    expect(rowsBetween(offsets, -500, 0)).toEqual([0, 1]);
    expect(rowsBetween(offsetsOf([]), 0, 500)).toEqual([0, 0]);
  });

  test('is filtered by what the address says, and by nothing that is no day', () => {
    const filter = filterIn(new URLSearchParams('vehicle=golf&from=2026-01-01&to=tomorrow'));

    expect(filter).toEqual({ vehicle: 'golf', from: '2026-01-01', to: null });
    expect(queryOf(filter)).toBe(`vehicle=golf&from=${encodeURIComponent('2025-12-31T10:00:00.000Z')}`);
  });
});

test.each([
  ['Pacific/Kiritimati', '2026-01-01T10:30:00Z', '2026-01-01T09:30:00Z'],
  ['Pacific/Pago_Pago', '2026-01-03T10:30:00Z', '2026-01-03T11:30:00Z'],
])('a day of the filter is one by the clock of the place: %s', (zone, inside, outside) => {
  const day = { vehicle: null, from: '2026-01-02', to: '2026-01-02' };
  const query = new URLSearchParams(queryOf(day));
  const times = [inside, outside].map((time) => dayOf(trip('a', time, zone)));

  expect(times.map((found) => isWithin(day, found))).toEqual([true, false]);
  expect(inside >= (query.get('from') ?? '') && inside <= (query.get('to') ?? '')).toBe(true);
});

describe('the drawing of a track', () => {
  const point = (lat: number, lon: number, seconds: number) => ({ lat, lon, time: seconds * 1_000 });

  test('fits its square, north up', () => {
    expect(trackPath([point(0, 0, 0), point(1, 0, 10), point(1, 1, 20)], 60)).toBe('M6.0 54.0L6.0 6.0L54.0 6.0');
  });

  test('does not join what lies on both sides of a gap', () => {
    expect(trackPath([point(0, 0, 0), point(0.5, 0, 10), point(1, 0, 500)], 60)).toMatch(/^M\S+ \S+L\S+ \S+M/);
    const pairs = Array.from({ length: 30 }, (_, index) => point(index, 0, (index >> 1) * 500 + (index % 2)));
    expect(trackPath(pairs, 60).match(/M/g)).toHaveLength(1);
  });

  test('is empty without a way', () => {
    expect(trackPath([point(1, 1, 0), point(1, 1, 10)], 60)).toBe('');
  });
});

describe('server-sent events', () => {
  test('are found in text however it is cut', () => {
    const text = 'retry: 2000\n\nevent: vehicle\ndata: {"a":1}\n\n:\n\nevent: vehicle\ndata: {"a":2}\n\n';
    for (let size = 1; size <= text.length; size++) {
      const parse = createEventParser();
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
        text.slice(at * size, (at + 1) * size),
      );
      expect(pieces.flatMap(parse).map(({ data }) => data)).toEqual(['{"a":1}', '{"a":2}']);
    }
  });
});

describe('live vehicles', () => {
  const latest = (ts: string, more: object = {}) => ({ vehicle: 'golf', ts, older: {}, ...more }) as unknown as Latest;

  test('keep ten minutes of what came, and what came twice once', () => {
    const times = ['12:00:00', '12:05:00', '12:05:00', '12:14:00'].map((clock) => `2026-01-01T${clock}Z`);
    let state: LiveState = new Map();
    for (const ts of times) state = withLatest(state, latest(ts, { speed_kph: 1 }));

    expect(state.get('golf')?.samples.map((sample) => sample.latest.ts)).toEqual([times[1], times[3]]);
  });

  test('have a position as old as it is, and a curve of what was measured anew', () => {
    const old = latest('2026-01-01T12:00:05Z', {
      lat: 1,
      lon: 2,
      rpm: 800,
      older: { lat: '2026-01-01T12:00:00Z', rpm: '2026-01-01T12:00:01Z' },
    });

    expect(fixOf(old)?.time).toBe(Date.parse('2026-01-01T12:00:00Z'));
    expect(fixOf(latest('2026-01-01T12:00:00Z'))).toBeUndefined();
    expect(curveOf([{ time: 1, latest: old }], 'rpm')).toEqual([]);
  });

  test('have curves of what this page saw, after the minutes that only the server knows, as far as they are recent', () => {
    const now = Date.parse('2026-01-01T12:00:00Z');
    const minute = (before: number, mean: number) => ({ ts: new Date(now - before * 60_000).toISOString(), mean });
    const samples = [{ time: now, latest: { ...latest('2026-01-01T12:00:00Z'), rpm: 900 } }];

    expect(curveOf(samples, 'rpm', [minute(45, 100), minute(3, 700), minute(2, 800), minute(0, 1)])).toEqual([
      [now - 150_000, 700],
      [now - 90_000, 800],
      [now, 900],
    ]);
  });
});

describe('numbers and times', () => {
  test('are metric or imperial, in the language', () => {
    expect(createFormat('de', 'metric').speed(104.4)).toBe('104\u202fkm/h');
    expect(createFormat('de', 'metric').distance(12.34)).toBe('12,3\u202fkm');
    expect(createFormat('en-US', 'imperial').distance(16.093)).toBe('10.0\u202fmi');
    expect(createFormat('en-US', 'imperial').signal('coolant_c', 90)).toBe('194\u202f°F');
    expect(createFormat('en', 'imperial').signal('battery_v', 14.24)).toBe('14.2\u202fV');
  });

  test.each([
    [9, '9\u202fs'],
    [65, '1\u202fmin 05\u202fs'],
    [1_830, '31\u202fmin'],
    [7_260, '2\u202fh 01\u202fmin'],
  ])('a duration of %i s', (seconds, text) => {
    expect(createFormat('en', 'metric').duration(seconds)).toBe(text);
  });

  test('the clock is that of the place', () => {
    expect(createFormat('de', 'metric').clock('2026-01-01T12:00:00Z', 'America/Chicago')).toBe('06:00');
  });
});

describe('words', () => {
  test('have the same places for values in every language', () => {
    const places = (message: unknown) => [...new Set(JSON.stringify(message).match(/\{\w+\}/g))].sort();
    for (const key of Object.keys(MESSAGES_EN) as (keyof typeof MESSAGES_EN)[]) {
      expect([key, places(MESSAGES_DE[key])]).toEqual([key, places(MESSAGES_EN[key])]);
    }
  });

  test('show shares of one as per cent', () => {
    expect(createFormat('en', 'metric').signal('throttle_pos', 0.25)).toBe('25\u202f%');
  });

  test('follow the first language that there is, and the number', () => {
    expect(chooseLanguage(['fr-FR', 'de-AT', 'en'])).toBe('de');
    expect(chooseLanguage(['fr'])).toBe('en');
    expect(createTranslate('en')('trip.events', { count: 1 })).toBe('1 event');
    expect(createTranslate('de')('trip.events', { count: 2 })).toBe('2 Ereignisse');
  });
});

test('a map without tiles asks nobody but this server', () => {
  const style = JSON.stringify(baseStyle({ style_url: null, tile_url: null }, true, 'http://fleet.test'));

  expect(style.match(/https?:\/\/[^/"]+/g)).toEqual(['http://fleet.test']);
});

test.each([
  ['devices.curl', ['curl ', 'https://fleet.test:8443/v1/ingest', '"golf"', 'Bearer secret-key']],
  ['devices.mqtt', ['mosquitto_pub -h fleet.test ', '-t telemetry/golf ', '-u golf ', '-P secret-key ']],
  ['devices.edge', ['SERVER_URL=https://fleet.test:8443 ', 'DEVICE_KEY=secret-key ', 'npx fleet-edge setup']],
] as const)('lines to copy for %s name the address, the vehicle and the key', (label, parts) => {
  const way = WAYS.find((each) => each.label === label);
  const text = way?.lines({ url: 'https://fleet.test:8443', vehicle: 'golf', key: 'secret-key' });

  for (const part of parts) expect(text).toContain(part);
});

import { parseTimestamp, type SignalValues } from '@fleet/contract';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventRow } from '../ports.ts';
import { summarize } from '../trips/summary.ts';
import { addRow, startTotals } from '../trips/totals.ts';
import type { TripExport } from './format.ts';
import { GEOJSON_EXPORT } from './geojson-export.ts';
import { GPX_EXPORT } from './gpx-export.ts';

type Place = readonly [lon: number, lat: number];

interface Feature {
  readonly geometry: { readonly type: string; readonly coordinates: number[][][] } | null;
  readonly properties: Readonly<Record<string, unknown>> & { readonly times: string[][] };
}

const T0 = Date.UTC(2025, 10, 4, 12);

function row(seconds: number, values: SignalValues): EventRow {
  return { ts: T0 + seconds * 1_000, seq: seconds, trip: null, source: 'phone', values };
}

function at(seconds: number, [lon, lat]: Place, more: SignalValues = {}): EventRow {
  return row(seconds, { lat, lon, ...more });
}

async function written(format: TripExport, all: readonly EventRow[], name = ''): Promise<string> {
  const totals = startTotals();
  for (const each of all) addRow(totals, each);
  const trip = { id: 'a1', from: totals.first_ts, to: totals.last_ts, parts: [] };
  const pages = (async function* () {
    yield all;
  })();
  const summary = summarize('Twingo', trip, totals, { name, note: '' });
  let text = '';
  for await (const piece of format.write({ summary, fields: [], rows: pages })) text += piece;
  return text;
}

/** Throws where tags don't balance, or where there is not exactly one root. */
function checkXml(text: string): void {
  const open: string[] = [];
  const tags = [...text.replace(/^<\?xml [^>]*\?>\n/, '').matchAll(/<(\/?)([\w:]+)(?: [\w:]+="[^"<]*")*>|[<>]/g)];
  for (const [index, [, slash, name = 'no tag']] of tags.entries()) {
    if (slash === '') open.push(name);
    else expect(name).toBe(open.pop());
    expect(open.length === 0).toBe(index === tags.length - 1);
  }
}

/** The positions of a GPX document as they read, by segment. */
async function gpxSegments(all: readonly EventRow[]): Promise<number[][][]> {
  const segments = (await written(GPX_EXPORT, all)).matchAll(/<trkseg>(.*?)<\/trkseg>/gs);
  return [...segments].map(([, segment = '']) =>
    [...segment.matchAll(/<trkpt lat="(.*?)" lon="(.*?)">/g)].map(([, lat, lon]) => [Number(lon), Number(lat)]),
  );
}

async function feature(all: readonly EventRow[], name?: string): Promise<Feature> {
  return JSON.parse(await written(GEOJSON_EXPORT, all, name)) as Feature;
}

/** Degrees with seven decimal places. */
const coordinate = (limit: number) => fc.integer({ min: -limit * 1e7, max: limit * 1e7 }).map((n) => n / 1e7);
const place = fc.option(fc.tuple(coordinate(179), coordinate(90)), { nil: undefined, freq: 4 });
const drive = fc.array(fc.record({ step: fc.nat(120), place })).map((all) => {
  let seconds = 0;
  return all.map(({ step, place: position }) => {
    seconds += step;
    return position === undefined ? row(seconds, { lat: 1 }) : at(seconds, position);
  });
});

/** What the segments of a track must be, worked out another way. */
function expectedSegments(all: readonly EventRow[]): EventRow[][] {
  const placed = all.filter(({ values }) => values['lon'] !== undefined);
  const starts = placed.flatMap(({ ts }, index) => (ts - (placed[index - 1]?.ts ?? 0) > 60_000 ? [index] : []));
  return starts.map((start, index) => placed.slice(start, starts[index + 1]));
}

describe('a track as GPX', () => {
  test('has everything where the schemas want it', async () => {
    const more = { altitude_m: 408.5, gps_satellites: 7, hdop: 0.9, gps_speed_kph: 50, heading_deg: 271.25, rpm: 900 };

    expect(await written(GPX_EXPORT, [row(0, { rpm: 800 }), at(1, [8.5, 47.25], more), at(2, [8.5, 1e-7])])).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Fleet Telemetry" xmlns="http://www.topografix.com/GPX/1/1" xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">
<metadata><name>2025-11-04T12:00:00Z Twingo</name><time>2025-11-04T12:00:00Z</time></metadata>
<trk><name>2025-11-04T12:00:00Z Twingo</name>
<trkseg>
<trkpt lat="47.25" lon="8.5"><ele>408.5</ele><time>2025-11-04T12:00:01Z</time><sat>7</sat><hdop>0.9</hdop><extensions><gpxtpx:TrackPointExtension><gpxtpx:speed>13.889</gpxtpx:speed><gpxtpx:course>271.25</gpxtpx:course></gpxtpx:TrackPointExtension></extensions></trkpt>
<trkpt lat="0.0000001" lon="8.5"><time>2025-11-04T12:00:02Z</time></trkpt>
</trkseg>
</trk>
</gpx>
`,
    );
  });

  test.each([
    [{ speed_kph: 36, gps_speed_kph: 40 }, '<gpxtpx:speed>10</gpxtpx:speed>'],
    [{ speed_kph: 0, gps_satellites: 0, hdop: 0 }, '<sat>0</sat><hdop>0</hdop><extensions>'],
    [{ heading_deg: 360 }, '<gpxtpx:TrackPointExtension><gpxtpx:course>0</gpxtpx:course></gpxtpx'],
    [{ gps_satellites: 7.6 }, '<sat>8</sat>'],
    [{ lon: 180 }, 'lon="-180"'],
  ])('says %j as %s', async (values, expected) => {
    expect(await written(GPX_EXPORT, [at(0, [8, 47], values)])).toContain(expected);
  });

  test('has the name that a person gave, whatever is in it', async () => {
    const text = await written(GPX_EXPORT, [], '<Bern> & "back"');

    expect(text).toContain('<trk><name>&lt;Bern&gt; &amp; &quot;back&quot;</name>');
    checkXml(text);
  });

  test('is a whole document without any position', async () => {
    const text = await written(GPX_EXPORT, [row(0, { lat: 47, rpm: 800 })]);

    expect(text).not.toContain('trkseg');
    expect(text).toMatch(/<\/name>\n<\/trk>\n<\/gpx>\n$/);
    checkXml(text);
  });

  test('is well-formed, and each segment ends where more than a minute has no position', async () => {
    await fc.assert(
      fc.asyncProperty(drive, fc.string({ unit: 'binary' }), async (all, name) => {
        checkXml(await written(GPX_EXPORT, all, name));
        const expected = expectedSegments(all).map((line) => line.map(({ values }) => [values['lon'], values['lat']]));

        expect(await gpxSegments(all)).toEqual(expected);
      }),
    );
  });
});

describe('a track as GeoJSON', () => {
  test('is one feature, with altitudes where they are known and a line for a lone position', async () => {
    const all = [at(0, [8, 47]), at(60, [8.5, 47.5], { altitude_m: 400 }), at(121, [9, 48]), row(122, { rpm: 1 })];

    expect(await feature(all, 'Bern & back')).toEqual({
      type: 'Feature',
      geometry: {
        type: 'MultiLineString',
        // biome-ignore format: a line each
        coordinates: [
          [[8, 47], [8.5, 47.5, 400]],
          [[9, 48], [9, 48]],
        ],
      },
      properties: {
        trip_id: 'a1',
        vehicle: 'Twingo',
        name: 'Bern & back',
        started_at: '2025-11-04T12:00:00Z',
        ended_at: '2025-11-04T12:02:02Z',
        distance_km: expect.any(Number),
        times: [
          ['2025-11-04T12:00:00Z', '2025-11-04T12:01:00Z'],
          ['2025-11-04T12:02:01Z', '2025-11-04T12:02:01Z'],
        ],
      },
    });
  });

  test('has no geometry without any position', async () => {
    expect(await feature([row(0, { lat: 47 })])).toMatchObject({
      geometry: null,
      properties: { times: [], name: null },
    });
  });

  test('has the segments of GPX, and the times of each position', async () => {
    await fc.assert(
      fc.asyncProperty(drive, async (all) => {
        const { geometry, properties } = await feature(all);
        const lines = expectedSegments(all).map((line) => (line.length === 1 ? [...line, ...line] : line));

        const coordinates = lines.map((line) => line.map(({ values }) => [values['lon'], values['lat']]));
        expect(geometry?.coordinates ?? []).toEqual(coordinates);
        expect(properties.times.map((line) => line.map(parseTimestamp))).toEqual(
          lines.map((line) => line.map(({ ts }) => ts)),
        );
      }),
    );
  });

  test('has every time of a segment that is written in several pieces', async () => {
    const seconds = Array.from({ length: 4_001 }, (_, index) => index);
    const { properties } = await feature(seconds.map((second) => at(second, [8, 47])));

    expect(properties.times.map((line) => line.map(parseTimestamp))).toEqual([seconds.map((s) => T0 + s * 1_000)]);
  });
});

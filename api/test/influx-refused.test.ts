/** Events that InfluxDB will never take: named to senders who read answers, kept as dead letters of those who don't. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { describeWithInfluxd, influxSettings } from './influx.ts';
import { asTrip, chunkOf, Device } from './offline.ts';
import { startTestServer, type TestServer } from './server.ts';

const RETENTION_S = 3_600;
const TRIP = 'bbbbbbbb-0000-4000-8000-000000000001';

describeWithInfluxd('what InfluxDB refuses', (influx) => {
  let server: TestServer;
  /** A good event, one past the retention of the bucket, another good one. */
  let times: readonly number[];
  beforeEach(async () => {
    const settings = influxSettings(await influx().makeBuckets(RETENTION_S));
    server = await startTestServer({ ...settings, INGEST_MAX_AGE: 'off' });
    const now = Math.floor(Date.now() / 1_000) * 1_000;
    times = [now - 2_000, now - 2 * RETENTION_S * 1_000, now];
  });
  afterEach(() => server.stop());

  const events = () => times.map((ts) => ({ vehicle_id: 'golf', ts: new Date(ts).toISOString(), speed_kph: 50 }));
  const counted = async () => {
    const { body } = await server.request('/v1/trips');
    return (body.trips as { event_count: number }[]).reduce((sum, { event_count }) => sum + event_count, 0);
  };
  const letters = async () => (await server.request('/v1/dead-letters')).body.dead_letters;

  test('is named in the receipt of a chunk, kept as a dead letter in its words, and stays one when it is resubmitted', async () => {
    const device = new Device({ url: server.url, key: await server.key('golf'), vehicle: 'golf', trip_id: TRIP });
    await device.announce();
    const { body } = await device.putChunk(chunkOf(1, asTrip(events(), TRIP)));

    expect(body).toMatchObject({ event_count: 3, rejected_count: 1, rejected: [{ line: 2, seq: 2 }] });
    const [letter, ...others] = await letters();
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      via: 'chunk',
      errors: [{ detail: expect.stringMatching(/^InfluxDB: .*retention/) }],
    });
    expect(JSON.parse(letter.body)).toMatchObject({ seq: 2 });
    expect(await counted()).toBe(2);
    const again = await server.request(`/v1/dead-letters/${letter.id}/resubmit`, { method: 'POST' });
    expect(again).toMatchObject({ status: 422, body: { detail: expect.stringMatching(/retention/) } });
    expect(await letters()).toEqual([letter]);
  });

  test('from an app that would retry for ever is kept as a dead letter, once, and the app hears success', async () => {
    const key = await server.key('golf');
    const locations = times.map((ts) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [8.6, 49.5] },
      properties: { timestamp: new Date(ts).toISOString(), speed: 10 },
    }));
    const send = () => server.request('/i/overland', { method: 'POST', key, body: { locations } });

    expect([await send(), await send()].map(({ status, body }) => [status, body])).toEqual([
      [200, { result: 'ok' }],
      [200, { result: 'ok' }],
    ]);

    const [letter, ...others] = await letters();
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      via: 'overland',
      type: 'invalid-event',
      errors: [{ detail: expect.stringMatching(/^InfluxDB: .*retention/) }],
    });
    expect(Date.parse(JSON.parse(letter.body).ts)).toBe(times[1]);
    expect(await counted()).toBe(2);
    expect((await server.request('/metrics')).text).toContain('fleet_events_total{outcome="refused"} 2');
  });

  test('of an import is named, line by line, and so is what lies outside of all time', async () => {
    const [first, old, last] = events();
    const lines = [first, old, { ...last, ts: '0001-01-01T00:00:00Z' }, { ...last, ts: '2300-01-01T00:00:00Z' }, last];
    const body = lines.map((event) => JSON.stringify(event)).join('\n');
    const headers = { 'content-type': 'application/x-ndjson' };

    const report = await server.request('/v1/import?vehicle=golf', { method: 'POST', headers, body });

    expect(report.body).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, type: 'invalid-event', errors: [{ detail: expect.stringMatching(/retention/) }] },
        { index: 2, type: 'invalid-event', errors: [{ detail: expect.stringMatching(/2010/) }] },
        { index: 3, type: 'clock-skew' },
      ],
    });
  });
});

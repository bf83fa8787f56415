/** The server with STORE=influxdb, over HTTP: what it says while InfluxDB does not do as it should. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../src/config.ts';
import { describeWithInfluxd, influxSettings } from './influx.ts';
import { startTestServer, type TestServer, until } from './server.ts';

const NOW = () => new Date().toISOString();

describe('STORE=influxdb', () => {
  test('needs to be told where InfluxDB is, and a key that all servers share', () => {
    const missing = ['INFLUX_URL', 'INFLUX_TOKEN', 'ADMIN_TOKEN'].map(
      (name) => `${name} is needed with STORE=influxdb`,
    );
    expect(() => loadConfig({ STORE: 'influxdb' })).toThrow(missing.join('\n'));
  });
});

describeWithInfluxd('the server on InfluxDB', (server) => {
  let running: TestServer[] = [];
  afterEach(async () => {
    await Promise.all(running.map((each) => each.stop()));
    running = [];
  });
  const start = async (settings: Readonly<Record<string, string>>) => {
    const fleet = await startTestServer(settings);
    running.push(fleet);
    return fleet;
  };

  test.each([
    ['its token is unknown', { INFLUX_TOKEN: 'nobody' }, /^INFLUX_TOKEN is not valid at http:/],
    ['a bucket is missing', { INFLUX_BUCKET: 'nothing' }, /^there is no bucket nothing in the organisation fleet/],
  ])('does not start where %s, and says so in a line', async (_what, wrong, words) => {
    const settings = influxSettings(await server().makeBuckets());

    await expect(startTestServer({ ...settings, ...wrong })).rejects.toThrow(words);
  });

  test('answers 503 and says so in its metrics from when its token is revoked, and loses nothing that it acknowledged', async () => {
    const access = await server().makeBuckets();
    const { token, revoke } = await server().makeToken();
    const fleet = await start({ ...influxSettings(access), INFLUX_TOKEN: token });
    const event = { vehicle_id: 'golf', speed_kph: 50 };
    expect((await fleet.ingest({ ...event, ts: NOW() })).status).toBe(200);

    await revoke();

    const refused = await fleet.ingest({ ...event, ts: NOW() });
    expect(refused.status).toBe(503);
    expect(fleet.logged()).toMatch(/unauthorized/);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await fleet.request('/metrics')).text).toContain('fleet_ready 0\n');
    expect((await fleet.request('/readyz')).status).toBe(200);
    expect(await server().select(access.bucket, 'SELECT seq FROM telemetry')).toHaveLength(1);
    expect(fleet.logged()).not.toContain(token);
  });

  test('answers 503 while InfluxDB is away, and is ready again by itself when it is back', async () => {
    const fleet = await start(influxSettings(await server().makeBuckets()));
    const event = { vehicle_id: 'golf', ts: NOW(), speed_kph: 50 };
    await server().end('SIGKILL');

    expect((await fleet.ingest(event)).status).toBe(503);
    expect((await fleet.request('/v1/trips')).status).toBe(503);
    expect((await fleet.request('/metrics')).text).toContain('fleet_ready 0\n');
    expect((await fleet.request('/readyz')).status).toBe(200);

    await server().start();
    await until(
      () => fleet.request('/metrics'),
      ({ text }) => text.includes('fleet_ready 1\n'),
      20_000,
    );
    expect((await fleet.ingest(event)).status).toBe(200);
    expect((await fleet.request('/v1/trips')).body.trips).toMatchObject([{ vehicle: 'golf', event_count: 1 }]);
  }, 60_000);

  test('names an event that InfluxDB refuses to its sender, and takes those beside it', async () => {
    const fleet = await start(influxSettings(await server().makeBuckets(3_600)));
    const old = new Date(Date.now() - 7_200_000).toISOString();

    const report = await fleet.ingest([NOW(), old, NOW()].map((ts, at) => ({ vehicle_id: 'golf', ts, rpm: at })));
    const alone = await fleet.ingest({ vehicle_id: 'golf', ts: old, rpm: 1 });

    expect(report.body).toMatchObject({ accepted: 2, rejected: [{ index: 1, type: 'invalid-event' }] });
    expect(alone).toMatchObject({ status: 422, body: { detail: expect.stringMatching(/retention/) } });
  });

  test('has its summaries worked out by the command line, which change nothing that is right', async () => {
    const access = await server().makeBuckets();
    const fleet = await start(influxSettings(access));
    await fleet.ingest({ vehicle_id: 'golf', ts: NOW(), speed_kph: 50 });
    const summaries = () => server().select(`${access.bucket}_meta`, 'SELECT basis, summary0, gone FROM trip');

    const said = await summarize({ ...influxSettings(access), ADMIN_TOKEN: fleet.admin });
    const first = await summaries();
    await summarize({ ...influxSettings(access), ADMIN_TOKEN: fleet.admin });

    expect(said).toBe('Summaries are up to date.\n');
    expect(first).toHaveLength(1);
    expect(await summaries()).toEqual(first);
  }, 30_000);
});

/** What `fleet summarize --since 1h` says. */
async function summarize(env: Readonly<Record<string, string>>): Promise<string> {
  const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
  const child = spawn(process.execPath, [program, 'summarize', '--since', '1h'], { env, stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  await once(child, 'close');
  return output;
}

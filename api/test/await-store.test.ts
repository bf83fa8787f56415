import { spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, hasProgram, Influxd, until } from '@fleet/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const describeWithInfluxd = hasProgram('influxd') ? describe : describe.skip;
const MAIN = new URL('../dist/main.js', import.meta.url).pathname;
const SECOND = 1_000;

describeWithInfluxd('a server whose store is not there yet (influxd)', () => {
  let influxd: Influxd;
  let folder: string;
  let port: number;
  let words: string;
  let end: () => Promise<void>;

  beforeEach(async () => {
    influxd = await Influxd.create();
    folder = mkdtempSync(join(tmpdir(), 'fleet-await-'));
    port = await freePort();
    words = '';
  });

  afterEach(async () => {
    await end();
    await influxd.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (name: string) => join(folder, name);

  /** A file takes the place of another one at once, as in a volume of Kubernetes. */
  function put(name: string, text: string): void {
    writeFileSync(file(`${name}.new`), text);
    renameSync(file(`${name}.new`), file(name));
  }

  function start(bucket: string): void {
    const child = spawn(process.execPath, [MAIN], {
      env: {
        PORT: `${port}`,
        HOST: '127.0.0.1',
        STORE: 'influxdb',
        MQTT_LISTEN: 'off',
        INFLUX_URL: influxd.url,
        INFLUX_BUCKET: bucket,
        INFLUX_TOKEN_FILE: file('influx'),
        ADMIN_TOKEN_FILE: file('admin'),
      },
    });
    child.stderr.on('data', (chunk) => {
      words += chunk;
    });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    end = async () => {
      child.kill('SIGKILL');
      await exited;
    };
  }

  const statusOf = async (path: string, key?: string) =>
    (
      await fetch(
        `http://127.0.0.1:${port}${path}`,
        key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } },
      )
    ).status;

  const untilStatus = (path: string, status: number, key?: string) =>
    until(Date.now() + 30 * SECOND, async () => expect(await statusOf(path, key)).toBe(status));

  test('waits for its token and for its buckets, alive and not ready, says each once, and never ends', async () => {
    const { bucket } = await influxd.makeBuckets();
    put('admin', 'the-admin');
    start(bucket);
    await untilStatus('/healthz', 200);
    expect(await statusOf('/readyz')).toBe(503);
    expect(words).toMatch(/^fleet: waiting: INFLUX_TOKEN_FILE=\S+ is not there yet\n$/);

    put('influx', 'no-token-of-it');
    await until(Date.now() + 30 * SECOND, async () => expect(words).toMatch(/INFLUX_TOKEN is not valid/));
    expect(await statusOf('/healthz')).toBe(200);

    put('influx', influxd.token);
    await untilStatus('/readyz', 200);
    expect(words.match(/waiting/g)).toHaveLength(2);
  });

  test('goes on with another token and other keys when their files change', async () => {
    const { bucket } = await influxd.makeBuckets();
    const first = await influxd.makeToken();
    put('influx', first.token);
    put('admin', 'the-admin');
    start(bucket);
    await untilStatus('/v1/vehicles', 200, 'the-admin');

    put('influx', (await influxd.makeToken()).token);
    put('admin', 'another-admin');
    await first.revoke();

    await untilStatus('/v1/vehicles', 200, 'another-admin');
    expect([401, 429]).toContain(await statusOf('/v1/vehicles', 'the-admin'));
    const event = { vehicle_id: 'golf', ts: new Date().toISOString(), speed_kph: 30 };
    const headers = { authorization: 'Bearer another-admin', 'content-type': 'application/json' };
    const sent = await fetch(`http://127.0.0.1:${port}/v1/ingest`, {
      method: 'POST',
      headers,
      body: JSON.stringify(event),
    });
    expect(sent.status).toBe(200);
  });

  test('stays ready while the store is away: senders are told when to come again', async () => {
    const { bucket } = await influxd.makeBuckets();
    put('influx', influxd.token);
    put('admin', 'the-admin');
    start(bucket);
    await untilStatus('/readyz', 200);
    await influxd.end('SIGKILL');
    const event = { vehicle_id: 'golf', ts: new Date().toISOString(), speed_kph: 30 };
    const headers = { authorization: 'Bearer the-admin', 'content-type': 'application/json' };
    const sent = await fetch(`http://127.0.0.1:${port}/v1/ingest`, {
      method: 'POST',
      headers,
      body: JSON.stringify(event),
    });

    expect(sent.status).toBe(503);
    expect(sent.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await statusOf('/readyz')).toBe(200);
  });
});

/** `fleet influx setup`: an InfluxDB is prepared, once, and its tokens may do what they are for and nothing else. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Influxd } from '@fleet/testkit';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createPlace, type Ended, type Place } from './cli.ts';
import { describeWithInfluxd } from './influx.ts';
import { startTestServer } from './server.ts';

jest.setTimeout(120_000);

const BUCKET = 'drives';
const DAY_S = 86_400;

interface Named {
  readonly id: string;
  readonly orgID: string;
  readonly name: string;
  readonly description: string;
  readonly retentionRules: readonly { everySeconds: number; shardGroupDurationSeconds: number }[];
}

describeWithInfluxd('fleet influx setup', (server) => {
  let influx: Influxd;
  /** Another one for each test. */
  let org: string;
  let place: Place;
  beforeEach(async () => {
    influx = server();
    org = `cars-${crypto.randomUUID()}`;
    place = await createPlace();
  });
  afterEach(() => place.leave());

  function setUp(options: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const settings = { INFLUX_URL: influx.url, INFLUX_ADMIN_TOKEN: influx.token };
    const names = { INFLUX_ORG: org, INFLUX_BUCKET: BUCKET };
    return place.fleet(['influx', 'setup', ...options], { ...settings, ...names, ...env });
  }

  /** What is in the organisation. */
  async function listed(what: 'buckets' | 'authorizations'): Promise<Named[]> {
    return (
      ((await influx.ask('GET', `/api/v2/${what}?${new URLSearchParams({ org })}`)) as Record<string, Named[]>)[what] ??
      []
    );
  }

  async function ruleOf(name: string) {
    return (await listed('buckets')).find((bucket) => bucket.name === name)?.retentionRules[0];
  }

  /** What a token may do: the status of a write, and whether it reads what was written there before. */
  async function rightsOf(token: string, bucket: string): Promise<readonly [write: number, reads: boolean]> {
    const headers = { authorization: `Token ${token}` };
    const write = new URLSearchParams({ org, bucket });
    const written = await fetch(`${influx.url}/api/v2/write?${write}`, { method: 'POST', headers, body: 'tried n=1' });
    const query = new URLSearchParams({ db: bucket, q: 'SELECT n FROM tried' });
    const asked = await fetch(`${influx.url}/query?${query}`, { headers });
    return [written.status, (await asked.text()).includes('"tried"')];
  }

  async function withEmptyInfluxd(work: () => Promise<void>): Promise<void> {
    influx = await Influxd.createEmpty();
    try {
      await work();
    } finally {
      await influx.dispose();
    }
  }

  test('sets up an InfluxDB that never was, so that a server of ours runs on it', async () => {
    await withEmptyInfluxd(async () => {
      const { code, out, err } = await setUp();
      const { INFLUX_TOKEN = '' } = settingsIn(out);

      expect({ code, err }).toMatchObject({ code: 0, err: expect.stringMatching(/never set up/) });
      const store = { STORE: 'influxdb', INFLUX_URL: influx.url, INFLUX_ORG: org, INFLUX_BUCKET: BUCKET };
      const fleet = await startTestServer({ ...store, INFLUX_TOKEN });
      try {
        const stored = await fleet.ingest({ vehicle_id: 'golf', ts: new Date().toISOString(), rpm: 900 });
        const { body } = await fleet.request('/v1/trips');
        expect([stored.status, body.trips]).toMatchObject([200, [{ vehicle: 'golf', event_count: 1 }]]);
      } finally {
        await fleet.stop();
      }
    });
  });

  test('again it changes nothing, makes nothing twice, and says how to get other tokens', async () => {
    const first = await setUp();
    const before = [await listed('authorizations'), await listed('buckets')];
    const again = await setUp();

    expect(Object.keys(settingsIn(first.out))).toEqual(['INFLUX_TOKEN', 'GRAFANA_INFLUX_TOKEN']);
    expect(again).toMatchObject({ code: 0, out: '', err: expect.stringMatching(/INFLUX_TOKEN: is there.*--rotate/) });
    expect([await listed('authorizations'), await listed('buckets')]).toEqual(before);
  });

  test("the API's token writes and reads both buckets and no other; Grafana's reads both and writes none", async () => {
    const file = join(place.folder, 'influx.env');
    await setUp();
    const { code, out } = await setUp(['--tokens-file', file]);
    const { INFLUX_TOKEN: api = '', GRAFANA_INFLUX_TOKEN: grafana = '' } = settingsIn(readFileSync(file, 'utf8'));
    const other = 'of-somebody-else';
    const [{ orgID } = { orgID: '' }] = await listed('buckets');
    await influx.ask('POST', '/api/v2/buckets', { orgID, name: other });

    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await rightsOf(api, BUCKET)).toEqual([204, true]);
    expect(await rightsOf(api, `${BUCKET}_meta`)).toEqual([204, true]);
    expect((await rightsOf(influx.token, other))[0]).toBe(204);
    expect(await rightsOf(api, other)).toEqual([403, false]);
    for (const bucket of [BUCKET, `${BUCKET}_meta`]) expect(await rightsOf(grafana, bucket)).toEqual([403, true]);
    expect(await rightsOf(grafana, other)).toEqual([403, false]);
  });

  test('--rotate makes other tokens; those before hold until the next time', async () => {
    await setUp();
    const rotate = async () => settingsIn((await setUp(['--rotate'])).out)['INFLUX_TOKEN'] ?? '';
    const [first, second, third] = [await rotate(), await rotate(), await rotate()];

    expect(new Set([first, second, third]).size).toBe(3);
    expect(await rightsOf(first, BUCKET)).toEqual([401, false]);
    expect(await rightsOf(second, BUCKET)).toEqual([204, true]);
    expect(await rightsOf(third, BUCKET)).toEqual([204, true]);
    expect(await listed('authorizations')).toHaveLength(4);
  });

  test.each([
    ['2h', { everySeconds: 7_200, shardGroupDurationSeconds: 3_600 }],
    ['30d', { everySeconds: 30 * DAY_S, shardGroupDurationSeconds: DAY_S }],
    ['730d', { everySeconds: 730 * DAY_S, shardGroupDurationSeconds: 7 * DAY_S }],
    ['off', { everySeconds: 0, shardGroupDurationSeconds: 7 * DAY_S }],
  ])('keeps events for %s where that is said, and everything else for ever', async (retention, rule) => {
    const bySetting = await setUp([], { RETENTION: retention });
    const set = await ruleOf(BUCKET);
    await setUp(['--retention', '90d'], { RETENTION: retention });
    const byOption = await ruleOf(BUCKET);
    await setUp();
    const unsaid = await ruleOf(BUCKET);
    const again = await setUp(['--retention', retention]);

    expect([bySetting.code, again.code]).toEqual([0, 0]);
    expect(set).toMatchObject(rule);
    expect(byOption).toMatchObject({ everySeconds: 90 * DAY_S });
    expect(unsaid).toEqual(byOption);
    expect(await ruleOf(BUCKET)).toMatchObject(rule);
    expect(await ruleOf(`${BUCKET}_meta`)).toMatchObject({ everySeconds: 0 });
  });

  test('a second fleet in one organisation has buckets and tokens of its own', async () => {
    const first = settingsIn((await setUp()).out);
    const second = settingsIn((await setUp([], { INFLUX_BUCKET: 'vans' })).out);

    expect(await rightsOf(first['INFLUX_TOKEN'] ?? '', 'vans')).toEqual([403, false]);
    expect(await rightsOf(second['INFLUX_TOKEN'] ?? '', 'vans')).toEqual([204, true]);
  });

  test('buckets that were made anew get other tokens', async () => {
    await setUp();
    const meta = (await listed('buckets')).find(({ name }) => name === `${BUCKET}_meta`);
    await influx.ask('DELETE', `/api/v2/buckets/${meta?.id}`);

    const { code, out } = await setUp();

    expect(code).toBe(0);
    expect(Object.keys(settingsIn(out))).toEqual(['INFLUX_TOKEN', 'GRAFANA_INFLUX_TOKEN']);
  });

  test('a token that is unknown is named in a line', async () => {
    const { code, err } = await setUp([], { INFLUX_ADMIN_TOKEN: 'nobody' });

    expect(code).toBe(1);
    expect(err).toMatch(/^fleet: INFLUX_ADMIN_TOKEN is not valid at http.*\n$/);
  });
});

/** Lines `NAME=value`. */
function settingsIn(text: string): Readonly<Record<string, string>> {
  const lines = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

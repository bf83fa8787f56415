/** `fleet keys` and `fleet signin` beside two servers that share an InfluxDB. */
import { FleetProcess } from '@fleet/testkit';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createPlace, lastWord, type Place } from './cli.ts';
import { describeWithInfluxd, influxSettings } from './influx.ts';
import { send, type TestAnswer, until } from './server.ts';

/** Each command is a process of its own, which takes its time on a busy machine. */
jest.setTimeout(60_000);

const ADMIN = 'an-admin-of-two-servers';
/** How long servers may take to notice: two seconds, and a little for a busy machine. */
const NOTICED_MS = 4_000;

describeWithInfluxd('fleet keys, beside two servers on one InfluxDB', (influx) => {
  let place: Place;
  let servers: FleetProcess[];
  beforeEach(async () => {
    const env = { ...influxSettings(await influx().makeBuckets()), ADMIN_TOKEN: ADMIN };
    place = await createPlace(env);
    servers = [place.server, await FleetProcess.create({ ...env, LOG_LEVEL: 'warn' })];
    await Promise.all(servers.map((server) => server.start()));
  });
  afterEach(() => Promise.all([...servers.map((server) => server.end('SIGKILL')), place.leave()]));

  /** A command must succeed; what it wrote. */
  async function done(...args: readonly string[]): Promise<string> {
    const { code, out, err } = await place.fleet(args);
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    return out;
  }

  /** Sends an event to each server. */
  function ingest(key: string, vehicle_id = 'golf'): Promise<TestAnswer[]> {
    const body = { vehicle_id, ts: new Date().toISOString(), speed_kph: 50 };
    return Promise.all(servers.map(({ url }) => send(`${url}/v1/ingest`, { method: 'POST', key, body })));
  }

  const statuses = async (...args: Parameters<typeof ingest>) => (await ingest(...args)).map(({ status }) => status);

  test('a key that is added writes through both when the command is done, a revoked one through none', async () => {
    const key = lastWord(await done('keys', 'add', '--vehicle', 'golf', '--name', 'phone'));
    const [own, other] = [await statuses(key), await statuses(key, 'polo')];
    const listed = await done('keys', 'list');
    await done('keys', 'revoke', 'phone');

    expect([own, other]).toEqual([
      [200, 200],
      [403, 403],
    ]);
    expect(listed).toMatch(/phone +device +golf/);
    await until(
      () => ingest(key),
      (answers) => answers.every(({ status }) => status === 401 || status === 429),
      NOTICED_MS,
    );
  });

  test('a link to sign in opens one session, through one of them, which holds at the other', async () => {
    const token = lastWord(await done('signin')).split('token=')[1];
    const open = (server: FleetProcess | undefined) =>
      send(`${server?.url}/v1/session`, { method: 'POST', body: { token } });

    const [first, second] = [await open(servers[0]), await open(servers[1])];
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    const whoami = await send(`${servers[1]?.url}/v1/session`, { headers: { cookie } });

    expect([first.status, second.status]).toEqual([204, 401]);
    expect(whoami).toMatchObject({ status: 200, body: { role: 'admin' } });
  });
});

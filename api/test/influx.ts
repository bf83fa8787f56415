/** What tests of the InfluxDB store share: one real server for a file, new buckets for each store. */
import { hasProgram, type InfluxAccess, Influxd } from '@fleet/testkit';
import { afterAll, beforeAll, describe } from '@jest/globals';

/** A group of tests with a real InfluxDB; where there is none it is skipped, and says so. */
export function describeWithInfluxd(name: string, tests: (server: () => Influxd) => void): void {
  if (!hasProgram('influxd')) {
    describe.skip(`${name} (influxd is not on the PATH: https://docs.influxdata.com/influxdb/v2/install)`, () =>
      tests(() => undefined as never));
    return;
  }
  describe(name, () => {
    let server: Influxd;
    beforeAll(async () => {
      server = await Influxd.create();
    }, 60_000);
    afterAll(() => server.dispose());
    tests(() => server);
  });
}

/** The settings of a server on these buckets. */
export function influxSettings({ url, token, org, bucket }: InfluxAccess) {
  return { STORE: 'influxdb', INFLUX_URL: url, INFLUX_TOKEN: token, INFLUX_ORG: org, INFLUX_BUCKET: bucket };
}

/** How many requests a server had for a path, as it says itself. */
export async function requestsOf({ url }: Influxd, path: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const lines = metrics
    .split('\n')
    .filter((line) => line.startsWith('http_api_requests_total{') && line.includes(`path="${path}"`));
  return lines.map((line) => Number(line.split(' ').at(-1))).reduce((sum, count) => sum + count, 0);
}

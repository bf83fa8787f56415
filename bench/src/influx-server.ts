/** A real InfluxDB for benchmarks, where there is one. */
import { hasProgram, type InfluxAccess, Influxd } from '@fleet/testkit';
import type { Finding } from './benchmark.ts';
import { bind } from './cores.ts';

/** Works with a server on a core; where a program is missing, the finding says so. */
export async function withInfluxd(
  name: string,
  core: string | undefined,
  programs: readonly string[],
  work: (influxd: Influxd) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const missing = programs.find((program) => !hasProgram(program));
  if (missing !== undefined) return [{ name, measured: `${missing} is not on the PATH` }];
  const influxd = await Influxd.create();
  try {
    bind(influxd.pid, core);
    return await work(influxd);
  } finally {
    await influxd.dispose();
  }
}

/** The settings of our server on buckets. */
export function settingsOf({ url, token, org, bucket }: InfluxAccess) {
  return { STORE: 'influxdb', INFLUX_URL: url, INFLUX_TOKEN: token, INFLUX_ORG: org, INFLUX_BUCKET: bucket };
}

/** Telegraf from HTTP into InfluxDB, as somebody would set it up who has no program of their own for it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort, type InfluxAccess, until } from '@fleet/testkit';
import type { RunOptions } from './benchmark.ts';
import { bind } from './cores.ts';

/** Telegraf writes this long after it answered, at the latest, milliseconds; then it takes its time. */
export const TELEGRAF_AFTER_MS = 1_500;
const START_MS = 20_000;

/** Starts it on the server's core. Its fastest parser, no compression, and room for all that is sent. */
export async function startTelegraf({ cores, folder }: RunOptions, access: InfluxAccess) {
  const own = await mkdtemp(join(folder, 'fleet-telegraf-'));
  const file = join(own, 'telegraf.conf');
  const port = await freePort();
  await writeFile(file, configOf(port, access));
  const child = spawn('telegraf', ['--config', file, '--quiet'], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  await until(Date.now() + START_MS, () => opens(port));
  const pid = child.pid as number;
  bind(pid, cores.server);
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
    await rm(own, { recursive: true, force: true });
  };
  return { pid, port, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

async function opens(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

/** @see https://docs.influxdata.com/telegraf/v1/configuration/ */
function configOf(port: number, { url, token, org, bucket }: InfluxAccess): string {
  return `
[agent]
  flush_interval = "1s"
  metric_batch_size = 5000
  metric_buffer_limit = 1000000
  omit_hostname = true
[[inputs.http_listener_v2]]
  service_address = "tcp://127.0.0.1:${port}"
  paths = ["/v1/ingest"]
  http_success_code = 200
  data_format = "json"
  name_override = "telemetry"
  tag_keys = ["vehicle_id", "trip_id"]
  json_time_key = "ts"
  json_time_format = "2006-01-02T15:04:05Z07:00"
[[outputs.influxdb_v2]]
  urls = ["${url}"]
  token = "${token}"
  organization = "${org}"
  bucket = "${bucket}"
  content_encoding = "identity"
`;
}

/** `fleet check`: whether a server does what it is for: an event goes in, comes out, and is taken away again. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { CHECK_VEHICLE } from '@fleet/contract';
import { Command } from 'commander';
import { CommandError } from './command-error.ts';
import type { CommandContext } from './context.ts';
import { keyOption, urlOption } from './options.ts';

const EXAMPLES = `
Works with the vehicle ${CHECK_VEHICLE}, which lists leave out, and leaves nothing behind. The key must be an admin's.

Examples:
  fleet check --url https://fleet.example.org --key …`;

/** How long is waited for a server that starts, milliseconds. */
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 1_000;

interface CheckOptions {
  readonly url: string;
  readonly key: string;
}

export function checkCommand(context: CommandContext): Command {
  return new Command('check')
    .description('send an event, read it back, and take it away again')
    .addOption(urlOption())
    .addOption(keyOption(context, "an admin's key"))
    .addHelpText('after', EXAMPLES)
    .action((options: CheckOptions) => check(context, options));
}

async function check({ out, now }: CommandContext, { url, key }: CheckOptions): Promise<void> {
  const trip = randomUUID();
  const ask = createAsk(url, key);
  await untilReady(url);
  const event = { schema_version: 1, vehicle_id: CHECK_VEHICLE, trip_id: trip, seq: 1, speed_kph: 42 };
  await ask('POST', '/v1/ingest', { ...event, ts: new Date(now()).toISOString() });
  out.write('sent\n');
  const path = `/v1/trips/${trip}?vehicle=${CHECK_VEHICLE}`;
  const { max_speed_kph: speed } = await ask('GET', path);
  if (speed !== event.speed_kph) throw new CommandError(`the trip has a top speed of ${speed}, not ${event.speed_kph}`);
  out.write('read back\n');
  await ask('DELETE', path);
  out.write('taken away\n');
}

async function untilReady(url: string): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await pause(LOOK_EVERY_MS)) {
    const fault = await fetch(`${url}/readyz`).then(
      ({ ok, status }) => (ok ? undefined : `answers ${status}`),
      ({ cause, message }: Error) => (cause as Error | undefined)?.message ?? message,
    );
    if (fault === undefined) return;
    if (Date.now() > deadline) throw new CommandError(`${url} is not ready: ${fault}`);
  }
}

function createAsk(url: string, key: string) {
  return async (method: string, path: string, body?: object): Promise<Readonly<Record<string, unknown>>> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new CommandError(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
}

/** A device begins a trip with each event. It costs what its events cost: no memory is kept for each trip. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TelemetryEvent } from '@fleet/contract';
import { TRANSPORTS } from '@fleet/testkit';
import type { Scenario } from '../scenario.ts';
import { inWorld, KEY, type World } from '../world.ts';

const TOGETHER = 500;
const FIRST_TS = Date.UTC(2024, 0, 1);
/** What the process may have more at the end than when the first quarter was sent, MiB: room for V8 to be untidy. */
const ALLOWED_MIB = 100;

export const madeUpTrips: Scenario = {
  name: 'made-up-trips',
  about: 'a device begins a trip with each event, thousands of them',
  share: 25,
  inOneWorld: Number.POSITIVE_INFINITY,
  run: ({ times, random, progress }) =>
    inWorld({ random }, async (world) => {
      let early = 0;
      for (let sent = 0; sent < times; sent += TOGETHER) {
        await send(world, sent, Math.min(TOGETHER, times - sent));
        if (sent < times / 4) early = residentMib(world);
        if ((sent / TOGETHER) % 20 === 0) progress(`${sent} of ${times}, ${residentMib(world).toFixed(0)} MiB`);
      }
      const grown = residentMib(world) - early;
      await world.becomesLive();
      return world.judge(times, grown > ALLOWED_MIB ? [`it has ${grown.toFixed(0)} MiB more than at first`] : []);
    }),
};

async function send({ server, traffic }: World, first: number, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, index): TelemetryEvent => {
    const ts = new Date(FIRST_TS + (first + index) * 60_000).toISOString();
    return { vehicle_id: 'liar', trip_id: randomUUID(), seq: 1, ts, rpm: 900 };
  });
  traffic.ledger.sending(events);
  await TRANSPORTS.array({ url: server.url, key: KEY }, events);
  traffic.ledger.acknowledged(events);
}

function residentMib({ server }: World): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1_024;
}

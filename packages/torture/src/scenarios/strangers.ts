/** Connections that say nothing and keys that are guessed, beside cars that send. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Scenario } from '../scenario.ts';
import { inWorld } from '../world.ts';

/** Open at the same time. */
const CONNECTIONS = 3_000;
const GUESSES_AT_ONCE = 50;

export const strangers: Scenario = {
  name: 'strangers',
  about: `${CONNECTIONS} connections that never finish a request, and keys that are guessed`,
  share: 5,
  inOneWorld: 1_000,
  run: ({ times, random, progress }) =>
    inWorld({ random }, async (world) => {
      const { hostname, port } = new URL(world.server.url);
      const open = await Promise.all(Array.from({ length: CONNECTIONS }, () => silent(Number(port), hostname)));
      const faults: string[] = [];
      try {
        for (let time = 0; time < times; time += GUESSES_AT_ONCE) {
          const statuses = await Promise.all(Array.from({ length: GUESSES_AT_ONCE }, () => guess(world.server.url)));
          const wrong = statuses.find((status) => status !== 401 && status !== 429);
          if (wrong !== undefined) faults.push(`a key that was guessed was answered ${wrong}`);
          await world.becomesLive();
          if (time % 1_000 === 0) progress(`${time} of ${times}, ${world.traffic.ledger.owed} events acknowledged`);
        }
      } finally {
        for (const socket of open) socket.destroy();
      }
      return world.judge(times, faults);
    }),
};

/** A connection that begins a request and leaves it at that. */
async function silent(port: number, host: string): Promise<Socket> {
  const socket = connect(port, host);
  socket.on('error', () => {});
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
  socket.write('POST /v1/ingest HTTP/1.1\r\nHost: fleet\r\n');
  return socket;
}

async function guess(url: string): Promise<number> {
  const authorization = `Bearer fleet_${Math.random().toString(36).slice(2)}`;
  const response = await fetch(`${url}/v1/trips`, { headers: { authorization } });
  await response.text();
  return response.status;
}

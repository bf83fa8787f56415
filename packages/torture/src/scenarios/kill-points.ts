/** The server is killed where it hurts: between a row and its commit, a commit and its answer. */
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FleetProcess, integerBetween, type Random } from '@fleet/testkit';
import type { Scenario } from '../scenario.ts';
import { hookUrl, inWorld, pause } from '../world.ts';

const POINTS = ['after-insert', 'after-commit', 'before-reply'] as const;
type Point = (typeof POINTS)[number];

const HOOK = hookUrl('kill-point');
/** So many times at most it comes there first. */
const LATEST = 40;
/** It comes there by itself within this time, milliseconds. */
const PATIENCE_MS = 20_000;
/** One in so many is to come there from the start on: maybe before it is ready. */
const EARLY = 4;

export const killPoints: Scenario = {
  name: 'kill-points',
  about: `kill -9 at a named point: ${POINTS.join(', ')}`,
  share: 0.4,
  inOneWorld: 100,
  run: async ({ times, random, progress }) => {
    const file = join(tmpdir(), `fleet-kill-${process.pid}`);
    writeFileSync(file, '');
    try {
      const env = { NODE_OPTIONS: `--import ${HOOK}`, KILL_FILE: file };
      return await inWorld({ random, env }, async (world) => {
        const faults: string[] = [];
        for (let time = 1; time <= times; time++) {
          const point = POINTS[time % POINTS.length] as Point;
          const signal = await killAt(world.server, file, point, random);
          if (signal !== 'SIGKILL') faults.push(`it never came to ${point}`);
          await world.server.start();
          await world.becomesLive();
          if (time % 10 === 0) progress(`${time} of ${times}, ${world.traffic.ledger.owed} events acknowledged`);
        }
        return world.judge(times, faults);
      });
    } finally {
      rmSync(file);
    }
  },
};

/** Resolves with what has ended it. */
async function killAt(server: FleetProcess, file: string, point: Point, random: Random): Promise<unknown> {
  const isEarly = integerBetween(random, 1, EARLY) === 1;
  if (isEarly) await server.end('SIGKILL');
  writeFileSync(file, `${point}:${integerBetween(random, 5, LATEST)}`);
  if (isEarly) await server.start().catch(() => {});
  const signal = await Promise.race([server.ended(), pause(PATIENCE_MS)]);
  writeFileSync(file, '');
  return signal;
}

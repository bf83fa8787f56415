/** The server is killed where it hurts: between a row and its commit, a commit and its answer. */
import { integerBetween } from '@fleet/testkit';
import type { Scenario } from '../scenario.ts';
import { hookUrl, inWorld, pause } from '../world.ts';

const POINTS = ['after-insert', 'after-commit', 'before-reply'] as const;
const HOOK = hookUrl('kill-point');
/** So many times at most it comes there first. */
const LATEST = 40;
/** It comes there by itself within this time, milliseconds. */
const PATIENCE_MS = 20_000;

export const killPoints: Scenario = {
  name: 'kill-points',
  about: `kill -9 at a named point: ${POINTS.join(', ')}`,
  share: 0.4,
  run: ({ times, random, progress }) =>
    inWorld({ random }, async (world) => {
      const faults: string[] = [];
      for (let time = 1; time <= times; time++) {
        const point = POINTS[time % POINTS.length];
        await world.server.end('SIGKILL');
        const env = { NODE_OPTIONS: `--import ${HOOK}`, KILL_AT: `${point}:${integerBetween(random, 5, LATEST)}` };
        // It may come to the point before it is ready.
        await world.server.start(env).catch(() => {});
        const signal = await Promise.race([world.server.ended(), pause(PATIENCE_MS)]);
        if (signal !== 'SIGKILL') faults.push(`it never came to ${point}`);
        await world.server.start();
        await world.becomesLive();
        if (time % 10 === 0) progress(`${time} of ${times}, ${world.traffic.ledger.owed} events acknowledged`);
      }
      return world.judge(times, faults);
    }),
};

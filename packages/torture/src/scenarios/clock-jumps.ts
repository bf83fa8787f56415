/** The server's clock jumps: to where it starts without a battery, by the rollover of GPS weeks, ahead, and back. */
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { integerBetween } from '@fleet/testkit';
import type { Scenario } from '../scenario.ts';
import { hookUrl, inWorld, pause } from '../world.ts';

const HOOK = hookUrl('clock-hook');
const WEEK_MS = 7 * 24 * 3_600_000;
/** To where the clock jumps, milliseconds from the true time. */
const JUMPS: Readonly<Record<string, () => number>> = {
  1970: () => 60_000 - Date.now(),
  '1,024 weeks back': () => -1_024 * WEEK_MS,
  '1,024 weeks ahead': () => 1_024 * WEEK_MS,
  'an hour back': () => -3_600_000,
};
const LONGEST_MS = 300;

export const clockJumps: Scenario = {
  name: 'clock-jumps',
  about: `the clock jumps: ${Object.keys(JUMPS).join(', ')}`,
  share: 0.5,
  inOneWorld: 50,
  run: async ({ times, random, progress }) => {
    const file = join(tmpdir(), `fleet-clock-${process.pid}`);
    const setBy = (ms: number) => writeFileSync(file, `${ms}`);
    setBy(0);
    const env = { NODE_OPTIONS: `--import ${HOOK}`, CLOCK_FILE: file };
    const jumps = Object.values(JUMPS);
    try {
      return await inWorld({ random, env }, async (world) => {
        for (let time = 1; time <= times; time++) {
          setBy(jumps[time % jumps.length]?.() ?? 0);
          await pause(integerBetween(random, 0, LONGEST_MS));
          // The first is one that cars are told of: it lasts until one was.
          if (time === 1) await world.isFelt();
          setBy(0);
          await world.becomesLive();
          if (time % 10 === 0) progress(`${time} of ${times}, ${world.traffic.ledger.owed} events acknowledged`);
        }
        return world.judge(times, world.unfelt());
      });
    } finally {
      rmSync(file);
    }
  },
};

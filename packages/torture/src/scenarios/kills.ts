/** The server is killed at any moment, and told to end at any moment, while cars send. */
import { integerBetween } from '@fleet/testkit';
import type { Outcome, RunOptions, Scenario } from '../scenario.ts';
import { inWorld, pause } from '../world.ts';

/** After so long at most it ends, milliseconds. */
const LONGEST_LIFE_MS = 400;
/** How long it may take to end when it is told to. */
const LONGEST_END_MS = 25_000;

export const kills: Scenario = {
  name: 'kills',
  about: 'kill -9 at random moments under load',
  share: 0.5,
  run: (options) => ends(options, 'SIGKILL'),
};

export const rollouts: Scenario = {
  name: 'rollouts',
  about: 'SIGTERM under load: what was begun is finished, then the process ends by itself',
  share: 0.1,
  run: (options) => ends(options, 'SIGTERM'),
};

function ends({ times, random, progress }: RunOptions, signal: 'SIGKILL' | 'SIGTERM'): Promise<Outcome> {
  return inWorld({ random }, async (world) => {
    const faults: string[] = [];
    for (let time = 1; time <= times; time++) {
      await pause(integerBetween(random, 0, LONGEST_LIFE_MS));
      const told = Date.now();
      const code = await world.server.end(signal);
      const took = Date.now() - told;
      if (signal === 'SIGTERM' && code !== 0) faults.push(`ended with ${code} when it was told to`);
      if (took > LONGEST_END_MS) faults.push(`took ${took} ms to end`);
      await world.server.start();
      await world.becomesLive();
      if (time % 10 === 0) progress(`${time} of ${times}, ${world.traffic.ledger.owed} events acknowledged`);
    }
    return world.judge(times, faults);
  });
}

/** The server is killed at any moment, and told to end at any moment, while cars send. */
import { integerBetween, type Random } from '@fleet/testkit';
import type { Outcome, RunOptions, Scenario } from '../scenario.ts';
import { inWorld, pause, type World } from '../world.ts';

/** After so long at most it ends, milliseconds: time for dozens of commits. */
const LONGEST_LIFE_MS = 200;
/** One in so many kills comes while it starts, which takes about so long, milliseconds. */
const [IN_START, START_MS] = [4, 600];
/** How long it may take to end when it is told to. */
const LONGEST_END_MS = 25_000;

export const kills: Scenario = {
  name: 'kills',
  about: 'kill -9 at random moments under load, and while it starts',
  share: 0.5,
  inOneWorld: 100,
  run: (options) =>
    again(options, async ({ server }, random) => {
      // What mends the file after a kill is cut short as well.
      const isInStart = integerBetween(random, 1, IN_START) === 1;
      if (isInStart) await server.end('SIGKILL');
      const starting = isInStart ? server.start().catch(() => {}) : undefined;
      await pause(integerBetween(random, 0, isInStart ? START_MS : LONGEST_LIFE_MS));
      await server.end('SIGKILL');
      await starting;
      return [];
    }),
};

export const rollouts: Scenario = {
  name: 'rollouts',
  about: 'SIGTERM under load: what was begun is finished, then the process ends by itself',
  share: 0.1,
  inOneWorld: 50,
  run: (options) =>
    again(options, async ({ server }, random) => {
      await pause(integerBetween(random, 0, LONGEST_LIFE_MS));
      const told = Date.now();
      const code = await server.end('SIGTERM');
      const took = Date.now() - told;
      const faults = code === 0 ? [] : [`ended with ${code} when it was told to`];
      return took <= LONGEST_END_MS ? faults : [...faults, `took ${took} ms to end`];
    }),
};

/** Has it end in some way, which says what was wrong with that, and starts it again. */
function again(
  { times, random, progress }: RunOptions,
  end: (world: World, random: Random) => Promise<string[]>,
): Promise<Outcome> {
  return inWorld({ random }, async (world) => {
    const faults: string[] = [];
    for (let time = 1; time <= times; time++) {
      faults.push(...(await end(world, random)));
      await world.server.start();
      await world.becomesLive();
      if (time % 10 === 0) progress(`${time} of ${times}, ${world.traffic.ledger.owed} events acknowledged`);
    }
    return world.judge(times, faults);
  });
}

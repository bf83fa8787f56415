/** The program of a lane: is told a part, runs it and tells what came of it. */
import { once } from 'node:events';
import { seededRandom } from '@fleet/testkit';
import type { Part } from './parts.ts';
import type { Outcome } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

async function outcomeOf({ scenario: name, times, seed }: Part): Promise<Outcome> {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  const progress = (line: string) => void process.stderr.write(`${name}: ${line}\n`);
  try {
    return await scenario.run({ times, random: seededRandom(seed), progress });
  } catch (error) {
    // A server that does not start again, or takes nothing more, is what is looked for here.
    const faults = [`with seed ${seed} it did not go on: ${(error as Error).message}`];
    return { times: 0, acknowledged: 0, stored: 0, liveMs: null, faults };
  }
}

// Whoever waits for the outcome may be gone.
process.once('disconnect', () => process.exit(1));
const [part] = await once(process, 'message');
process.send?.(await outcomeOf(part as Part), () => process.exit(0));

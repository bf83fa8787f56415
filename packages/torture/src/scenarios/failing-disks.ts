/** The disk fails for a while: it is full, or does not write, sync or read. Nothing may be acknowledged meanwhile. */
import { integerBetween } from '@fleet/testkit';
import type { Scenario } from '../scenario.ts';
import { cannotTrace, Strace } from '../strace.ts';
import { inWorld, pause, type World } from '../world.ts';

/** What fails, as strace injects it. */
const FAILURES = ['pwrite64:error=ENOSPC', 'pwrite64:error=EIO', 'fsync:error=EIO', 'pread64:error=EIO'] as const;
/** It lasts so long, milliseconds. */
const [SHORTEST_MS, LONGEST_MS] = [50, 500];

export const failingDisks: Scenario = {
  name: 'failing-disks',
  about: `the disk fails for a while: ${FAILURES.map((each) => each.replace(':error=', ' ')).join(', ')}`,
  share: 0.3,
  inOneWorld: 50,
  missing: cannotTrace,
  run: ({ times, random, progress }) =>
    inWorld({ random }, async (world) => {
      for (let time = 1; time <= times; time++) {
        const failure = FAILURES[time % FAILURES.length] as string;
        await fail(world, failure, async () => {
          await pause(integerBetween(random, SHORTEST_MS, LONGEST_MS));
          // The first lasts until a car was told of it.
          if (time === 1) await world.isFelt();
        });
        await world.becomesLive();
        if (time % 10 === 0) progress(`${time} of ${times}, ${world.traffic.ledger.owed} events acknowledged`);
      }
      return world.judge(times, world.unfelt());
    }),
};

async function fail({ server }: World, failure: string, meanwhile: () => Promise<void>): Promise<void> {
  const call = failure.slice(0, failure.indexOf(':'));
  const options = ['-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${failure}`];
  const strace = await Strace.attach(server.pid ?? 0, ...options);
  try {
    await meanwhile();
  } finally {
    await strace.detach();
  }
}

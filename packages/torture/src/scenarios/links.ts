/** The link dies in the middle of a request, or after it, before anybody heard the answer. */
import { type FleetProcess, integerBetween } from '@fleet/testkit';
import { CuttingProxy, type Way } from '../proxy.ts';
import type { Outcome, RunOptions, Scenario } from '../scenario.ts';
import { inWorld } from '../world.ts';

/** Further than that no cut is: a few requests, or dozens of answers. */
const MOST_BYTES = 20_000;

export const cutLinks: Scenario = {
  name: 'cut-links',
  about: 'the link dies after any number of bytes of what is sent',
  share: 2,
  inOneWorld: 250,
  run: (options) => cut(options, 'up'),
};

export const lostReplies: Scenario = {
  name: 'lost-replies',
  about: 'the link dies after any number of bytes of what is answered',
  share: 2,
  inOneWorld: 250,
  run: (options) => cut(options, 'down'),
};

async function cut({ times, random, progress }: RunOptions, way: Way): Promise<Outcome> {
  let proxy: CuttingProxy | undefined;
  try {
    const via = async ({ url }: FleetProcess) => {
      proxy = await CuttingProxy.create(url);
      return proxy.url;
    };
    return await inWorld({ random, via }, async (world) => {
      for (let time = 1; time <= times; time++) {
        // Many within the first request, the rest anywhere.
        const most = time % 2 === 0 ? MOST_BYTES : 600;
        await proxy?.cutAfter(way, integerBetween(random, 1, most));
        if (time % 100 === 0) progress(`${time} of ${times}, ${world.traffic.ledger.owed} events acknowledged`);
      }
      await world.becomesLive();
      return world.judge(times, world.unfelt());
    });
  } finally {
    await proxy?.close();
  }
}

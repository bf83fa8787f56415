/** How long something takes that is done again and again. */
import { median } from './statistics.ts';

/** Milliseconds, the median after a warm-up. */
export async function medianMs(work: () => Promise<unknown>, quick: boolean): Promise<number> {
  const [warmUps, runs] = quick ? [1, 3] : [20, 50];
  const times: number[] = [];
  for (let run = -warmUps; run < runs; run++) {
    const began = performance.now();
    await work();
    if (run >= 0) times.push(performance.now() - began);
  }
  return median(times);
}

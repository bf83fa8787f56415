/** Where contenders meet: our server and a baseline on one core, the load on another. */
import type { RunOptions } from './benchmark.ts';
import { Child } from './child.ts';
import { type DuelReport, duel } from './duel.ts';
import { type Load, startLoadGenerator } from './load-generator.ts';
import { inScratchFolder, withServer } from './scratch.ts';

/** Who sends what to whom. */
export interface Match {
  readonly ours: Load;
  /** What the other contender gets: the program, or our own server again. */
  readonly base: { readonly program: string | undefined; readonly load: Load };
}

/** Starts everything, has them take turns and ends everything. */
export function holdDuel(options: RunOptions, { ours, base }: Match): Promise<DuelReport> {
  const { cores } = options;
  return inScratchFolder(options, (folder) =>
    withServer(options, folder, async (server) => {
      const load = startLoadGenerator(cores.load);
      const other = base.program === undefined ? undefined : Child.start<object, number>(base.program, cores.server);
      try {
        const rival = other === undefined ? server : { pid: other.pid, port: await other.ask({}) };
        return await duel(load, { ...server, load: ours }, { ...rival, load: base.load }, options);
      } finally {
        await Promise.all([load.end(), other?.end()]);
      }
    }),
  );
}

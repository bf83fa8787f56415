/** `fleet summarize`: works out again what was written to lately, in a store that processes share. */
import { Command } from 'commander';
import { loadConfig } from '../config.ts';
import { influxOptions } from '../open-store.ts';
import { openInfluxStore } from '../stores/influxdb/influx-store.ts';
import { CommandError } from './command-error.ts';
import type { CommandContext } from './context.ts';
import { parsePositiveDuration } from './options.ts';

const EXAMPLES = `
For STORE=influxdb. It may run beside servers, as often as you like: what is right stays as it is.

Examples:
  fleet summarize --since 2d`;

export function summarizeCommand(context: CommandContext): Command {
  return new Command('summarize')
    .description('work out again the trips that were written to lately')
    .requiredOption('--since <duration>', 'how far back, as in 12h or 2d', parsePositiveDuration)
    .addHelpText('after', EXAMPLES)
    .action(({ since }: { since: number }) => summarize(context, since));
}

async function summarize({ env, now, out }: CommandContext, since: number): Promise<void> {
  const config = loadConfig(env, 'job');
  if (config.STORE !== 'influxdb') throw new CommandError(`STORE=${config.STORE} needs no summaries`);
  const store = await openInfluxStore(influxOptions(config));
  try {
    await store.summarize(now() - since);
    out.write('Summaries are up to date.\n');
  } finally {
    await store.events.close();
  }
}

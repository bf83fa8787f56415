/** `fleet-edge run`: works until it is stopped. */
import { Command } from 'commander';
import { createLog } from '../machine.ts';
import { startEdge } from '../start-edge.ts';
import { startWicanPull } from '../start-wican.ts';
import { type CommandContext, type CommonOptions, loadSettings } from './context.ts';

interface RunOptions extends CommonOptions {
  readonly obd?: string;
  readonly gnss?: string;
}

export function runCommand(context: CommandContext): Command {
  return new Command('run')
    .description('read the car and the receiver, keep every event, send it when there is a link')
    .option('--env <file>', 'file of settings', 'edge.env')
    .option('--obd <address>', 'the dongle, instead of OBD_URL; sim:FILE plays a recorded drive')
    .option('--gnss <address>', 'the receiver, instead of GNSS_URL; sim:FILE plays a recorded drive')
    .action((options: RunOptions) => run(context, options));
}

async function run(context: CommandContext, options: RunOptions): Promise<void> {
  const config = loadSettings(context, options, { OBD_URL: options.obd, GNSS_URL: options.gnss });
  const log = createLog(context.out);
  const edge = startEdge(config, { log });
  const pull = startWicanPull(config, { log, outbox: edge.outbox });
  const stopped = new Promise<string>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  });
  log.info(`fleet-edge runs, its outbox is in ${config.DATA_DIR}`);
  try {
    await Promise.race([stopped, edge.failed]);
  } finally {
    pull?.stop();
    await edge.stop();
  }
  log.info('stopped: everything that was measured is in the outbox');
}

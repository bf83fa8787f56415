/** `fleet demo`: a server with real drives in it, for a look. */
import { Command } from 'commander';
import type { CommandContext } from '../context.ts';

const EXAMPLES = `
Everything is kept in a scratch folder, which goes at the end. On a terminal the server stays up until Ctrl-C; elsewhere
the code is 0 if all trips are the drives, else 1. PORT and HOST say where it listens.

Examples:
  fleet demo
  fleet demo --once`;

export function demoCommand(context: CommandContext): Command {
  return new Command('demo')
    .description('start a server for a look, with real drives in it')
    .option('--once', 'end when the drives are in')
    .addHelpText('after', EXAMPLES)
    .action(async ({ once }: { once?: true }) => {
      // The whole server comes with it: no other command should wait for that.
      const { demo } = await import('./demo.ts');
      await demo(context, once === true || !context.out.isTTY);
    });
}

/** `fleet-edge doctor`: tries everything, and says what is wrong and how to mend it. */
import { Command } from 'commander';
import { examine } from './checks.ts';
import { type CommandContext, type CommonOptions, loadSettings } from './context.ts';

export function doctorCommand(context: CommandContext): Command {
  return new Command('doctor')
    .description('try clock, outbox, dongle, receiver and server; one line each')
    .option('--env <file>', 'file of settings', 'edge.env')
    .action(async (options: CommonOptions) => {
      let allGood = true;
      for await (const [name, { ok, text }] of examine(loadSettings(context, options))) {
        allGood &&= ok;
        context.out.write(`${ok ? 'good' : 'BAD '}  ${name.padEnd(9)} ${text}\n`);
      }
      context.exitWith(allGood ? 0 : 1);
    });
}

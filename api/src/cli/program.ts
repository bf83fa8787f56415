/** The commands of `fleet`. */
import { Command } from 'commander';
import { VERSION } from '../version.ts';
import { backupCommand, restoreCommand } from './backup.ts';
import { checkCommand } from './check.ts';
import type { CommandContext } from './context.ts';
import { copyCommand } from './copy/command.ts';
import { demoCommand } from './demo/command.ts';
import { influxCommand } from './influx/command.ts';
import { keysCommand } from './keys.ts';
import { mqttCommand } from './mqtt/command.ts';
import { replayCommand } from './replay/command.ts';
import { secretsCommand } from './secrets/command.ts';
import { signInCommand } from './sign-in.ts';
import { summarizeCommand } from './summarize.ts';

const EXAMPLES = `
Examples:
  fleet keys add --vehicle golf --name phone
  fleet signin
  fleet backup /mnt/usb/
  fleet replay drive.ndjson.gz --key fleet_… --as-now

Commands work in the server's folder, DATA_DIR, beside the server or without it;
with STORE=influxdb, on the InfluxDB that servers share.`;

/** The program, not yet run. Faults of the command line are written as one line, then thrown as `CommanderError`. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('fleet')
    .description('Fleet Telemetry on the command line: keys, links to sign in with, backups, replays')
    .version(VERSION)
    .addHelpText('after', EXAMPLES)
    .configureOutput({
      writeOut: (text) => context.out.write(text),
      writeErr: (text) => context.err.write(text),
      outputError: (text, write) =>
        write(
          `${text
            .replace(/^error: /, 'fleet: ')
            .trim()
            .replaceAll('\n', ' ')}\n`,
        ),
    })
    .exitOverride();
  for (const make of [
    keysCommand,
    signInCommand,
    backupCommand,
    restoreCommand,
    replayCommand,
    copyCommand,
    checkCommand,
    demoCommand,
    summarizeCommand,
    influxCommand,
    secretsCommand,
    mqttCommand,
  ]) {
    addCommand(program, make(context));
  }
  return program;
}

/** Adds a command and its subcommands, which write and end as the program does. */
function addCommand(program: Command, command: Command): void {
  command.copyInheritedSettings(program);
  for (const subcommand of command.commands) subcommand.copyInheritedSettings(program);
  program.addCommand(command);
}

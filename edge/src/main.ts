/** The program `fleet-edge`: takes the command line, says in one line what is wrong with it. */
import { Command, CommanderError } from 'commander';
import { type CommandContext, CommandError } from './cli/context.ts';
import { doctorCommand } from './cli/doctor.ts';
import { runCommand } from './cli/run.ts';
import { setupCommand } from './cli/setup.ts';
import { statusCommand } from './cli/status.ts';
import { ConfigError } from './config.ts';
import { VERSION } from './machine.ts';
import { OutboxError } from './outbox/open-file.ts';
import { DriveFileError } from './sim/drive-player.ts';

const EXAMPLES = `
Examples:
  fleet-edge setup
  fleet-edge doctor
  fleet-edge run --obd sim:drive.ndjson.gz --gnss sim:drive.ndjson.gz`;

const context: CommandContext = {
  env: process.env,
  out: process.stdout,
  input: process.stdin,
  exitWith: (code) => {
    process.exitCode = code;
  },
};

const program = new Command('fleet-edge')
  .description('The program beside the car: reads its dongle and its receiver, keeps every event, sends it')
  .version(VERSION)
  .addHelpText('after', EXAMPLES)
  .exitOverride();
for (const make of [runCommand, statusCommand, setupCommand, doctorCommand]) {
  program.addCommand(make(context).copyInheritedSettings(program));
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
  if (!(error instanceof CommanderError)) tell(error);
}

/** What whoever gave the command can mend is told in lines; anything else is a fault of the program. */
function tell(error: unknown): void {
  const { message, syscall } = error as NodeJS.ErrnoException;
  const isKnown =
    [CommandError, ConfigError, OutboxError, DriveFileError].some((kind) => error instanceof kind) ||
    syscall !== undefined;
  if (!isKnown) throw error;
  for (const line of message.split('\n')) process.stderr.write(`fleet-edge: ${line}\n`);
}

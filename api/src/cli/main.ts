/** The program `fleet`: takes the command line, says in one line what is wrong with it. */
import { CommanderError } from 'commander';
import { faultText } from '../fault-text.ts';
import { CommandError } from './command-error.ts';
import { createProgram } from './program.ts';

/** Whoever reads may stop reading, as `head` does. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const program = createProgram({
  env: process.env,
  out: process.stdout,
  err: process.stderr,
  input: process.stdin,
  now: Date.now,
  exitWith: (code) => {
    process.exitCode = code;
  },
});

try {
  await program.parseAsync();
} catch (error) {
  const message = wordsFor(error);
  if (message === undefined) throw error;
  for (const line of message.split('\n').filter(Boolean)) process.stderr.write(`fleet: ${line}\n`);
  process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
}

/** What whoever gave the command is told; undefined for a fault of the program itself. */
function wordsFor(error: unknown): string | undefined {
  // The command line's own parser has said it already.
  if (error instanceof CommanderError) return '';
  const { syscall, message } = error as NodeJS.ErrnoException;
  return error instanceof CommandError || syscall !== undefined ? message : faultText(error);
}

/** `fleet backup` and `fleet restore`. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { backupName, type FileContent, makeBackup, planRestore, restoreBackup } from '../stores/sqlite/backup.ts';
import { CommandError } from './command-error.ts';
import { type CommandContext, loadFolderConfig } from './context.ts';
import { countOf } from './words.ts';

const BACKUP_EXAMPLES = `
The server may go on working. Without a path, the backup goes to BACKUP_DIR, or to the current folder.

Examples:
  fleet backup
  fleet backup /mnt/usb/fleet
  fleet backup before-update.db`;

const RESTORE_EXAMPLES = `
The server must be stopped. What is there now is set aside beside it, not deleted.

Examples:
  fleet restore --dry-run fleet-2025-11-04T12-00-00Z.db
  fleet restore fleet-2025-11-04T12-00-00Z.db`;

export function backupCommand(context: CommandContext): Command {
  return new Command('backup')
    .description('write a backup of everything, and verify it')
    .argument(
      '[path]',
      'file to write, which ends in .db; or folder, made where it is missing, for a file that is named after the time',
    )
    .addHelpText('after', BACKUP_EXAMPLES)
    .action((path: string | undefined) => backup(context, path));
}

export function restoreCommand(context: CommandContext): Command {
  return new Command('restore')
    .description('put a backup in the place of what is there')
    .argument('<file>', 'the backup')
    .option('--dry-run', 'say what would happen, and change nothing')
    .option('--force', 'do not ask')
    .addHelpText('after', RESTORE_EXAMPLES)
    .action((file: string, options: RestoreOptions) => restore(context, file, options));
}

interface RestoreOptions {
  readonly dryRun?: true;
  readonly force?: true;
}

function backup(context: CommandContext, path: string | undefined): void {
  const config = loadFolderConfig(context);
  const file = backupFile(path ?? config.BACKUP_DIR ?? '.', context.now());
  const content = makeBackup(config.DATA_DIR, file);
  context.out.write(`${file} is written and verified: ${contentText(content)}.\n`);
}

async function restore(context: CommandContext, file: string, { dryRun, force }: RestoreOptions): Promise<void> {
  const { out } = context;
  const now = context.now();
  const folder = loadFolderConfig(context).DATA_DIR;
  const plan = planRestore(file, folder, now);
  const into = `${file} (${contentText(plan.content)}) to ${folder}`;
  const asideText = plan.aside === null ? 'Nothing is there yet' : `What is there now is set aside as ${plan.aside}`;
  if (dryRun) {
    out.write(`Would restore ${into}. ${asideText}. Nothing was changed.\n`);
    return;
  }
  if (!force && plan.aside !== null && !(await confirm(context, `Restore ${into}? ${asideText}.`))) {
    throw new CommandError('nothing was changed');
  }
  const { content, aside } = restoreBackup(file, folder, now);
  out.write(`Restored ${contentText(content)} to ${folder}.\n`);
  if (aside !== null) out.write(`What was there is in ${aside}: delete it when you no longer need it.\n`);
}

/** A program that runs this knows what it wants; a person is asked. */
async function confirm({ input, out }: CommandContext, question: string): Promise<boolean> {
  if (!input.isTTY || !out.isTTY) return true;
  const lines = createInterface({ input, output: out });
  try {
    // Ctrl-C and Ctrl-D are no.
    const answer = await lines.question(`${question} [y/N] `).catch(() => '');
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}

function backupFile(path: string, now: number): string {
  const isFolder = !path.endsWith('.db') || (existsSync(path) && statSync(path).isDirectory());
  const file = isFolder ? join(path, backupName(now)) : path;
  if (existsSync(file)) throw new CommandError(`${file} is there already: name another file, or a folder`);
  return file;
}

function contentText({ events, trips, unsettled, vehicles }: FileContent): string {
  // New events are cut into trips when somebody first asks for them.
  const inTrips = unsettled ? ', not all cut into trips yet' : ` in ${countOf(trips, 'trip')}`;
  return `${countOf(events, 'event')} of ${countOf(vehicles, 'vehicle')}${inTrips}`;
}

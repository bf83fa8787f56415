/** `fleet copy`: moves what one server has to another one, over their HTTP APIs. */
import { VEHICLE_ID } from '@fleet/contract';
import { Command, InvalidArgumentError, Option } from 'commander';
import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../context.ts';
import { parseUrl } from '../options.ts';
import { showProgress } from '../progress.ts';
import { Link } from '../replay/link.ts';
import { countOf } from '../words.ts';
import {
  type CopyParts,
  CopyTally,
  compare,
  compareAgain,
  copyLacking,
  copyTrips,
  findLacking,
  requireAdmins,
} from './copy.ts';
import { FleetApi } from './fleet-api.ts';
import { comparisonTable, missingText, planText } from './report.ts';

const EXAMPLES = `
Vehicles with their names, trips with all events, what people named, split, merged or deleted. Run it again as often as
you like: it goes on where it was, and nothing is doubled. Keys of devices, people and links are not copied.

Examples:
  fleet copy --from http://pi:3000 --from-key … --to https://fleet.example.org --to-key … --dry-run
  FLEET_FROM_KEY=… FLEET_TO_KEY=… fleet copy --from http://pi:3000 --to http://nas:3000 --vehicle golf`;

/** What a shell calls a program that was interrupted. */
const INTERRUPTED = 130;

interface CopyOptions {
  readonly from: string;
  readonly fromKey: string;
  readonly to: string;
  readonly toKey: string;
  readonly vehicle?: readonly string[];
  readonly dryRun?: true;
}

export function copyCommand(context: CommandContext): Command {
  const server = (flag: string, what: string) =>
    new Option(`${flag} <url>`, what).argParser(parseUrl).makeOptionMandatory();
  const key = (flag: string, variable: string) =>
    new Option(`${flag} <key>`, "an admin's key there").env(variable).makeOptionMandatory();
  return new Command('copy')
    .description('copy vehicles, trips, events and corrections from one server to another')
    .addOption(server('--from', 'the server that has them'))
    .addOption(key('--from-key', 'FLEET_FROM_KEY'))
    .addOption(server('--to', 'the server that gets them'))
    .addOption(key('--to-key', 'FLEET_TO_KEY'))
    .option('--vehicle <vehicle>', 'only this one, by any of its names; may be given again', addVehicle)
    .option('--dry-run', 'compare, and change nothing')
    .addHelpText('after', EXAMPLES)
    .action((options: CopyOptions) => run(context, options));
}

async function run(context: CommandContext, options: CopyOptions): Promise<void> {
  const { from, to, fromKey, toKey, vehicle: vehicles = [], dryRun = false } = options;
  if (from === to) throw new CommandError(`--from and --to are both ${from}`);
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  process.once('SIGINT', interrupt);
  const waits = new Map<string, string>();
  const open = (url: string, key: string) => {
    const onWaiting = (why: string | null) => void (why === null ? waits.delete(url) : waits.set(url, why));
    return new Link({ url, key, signal: interrupted.signal, onWaiting });
  };
  const links = [open(from, fromKey), open(to, toKey)] as const;
  const tally = new CopyTally();
  const parts = { from: new FleetApi(links[0], from), to: new FleetApi(links[1], to), vehicles, tally };
  const progress = showProgress(context.err, () => progressText(tally, waits));
  const end = () => progress.end();
  try {
    await (dryRun ? plan(context, parts, end) : copy(context, parts, end));
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    end();
    context.out.write(`${progressText(tally, new Map())}: run it again to go on.\n`);
    context.exitWith(INTERRUPTED);
  } finally {
    end();
    process.off('SIGINT', interrupt);
    for (const link of links) link.close();
  }
}

async function plan({ out }: CommandContext, parts: CopyParts, end: () => void): Promise<void> {
  await requireAdmins(parts);
  const { vehicles } = await findLacking(parts);
  const compared = await compare(parts, vehicles);
  end();
  out.write(comparisonTable(compared));
  out.write(planText(parts.tally));
}

async function copy({ out, exitWith }: CommandContext, parts: CopyParts, end: () => void): Promise<void> {
  await requireAdmins(parts);
  const lacking = await findLacking(parts);
  await copyLacking(parts, lacking);
  const compared = await compare(parts, lacking.vehicles);
  await copyTrips(parts, compared);
  const after = await compareAgain(parts, compared);
  end();
  out.write(comparisonTable(after));
  const missing = missingText(after, parts.tally);
  out.write(missing ?? `Everything is there; ${countOf(parts.tally.eventsDone, 'event')} sent.\n`);
  if (missing !== undefined) exitWith(1);
}

function progressText({ trips, events, tripsDone, eventsDone }: CopyTally, waits: ReadonlyMap<string, string>): string {
  const done = `${tripsDone.toLocaleString('en')} of ${countOf(trips, 'trip')}`;
  const numbers = `${done}, ${eventsDone.toLocaleString('en')} of ${countOf(events, 'event')}`;
  return [numbers, ...[...waits].map(([url, why]) => `waiting for ${url}: ${why}`)].join('; ');
}

function addVehicle(text: string, before: readonly string[] = []): readonly string[] {
  if (VEHICLE_ID.test(text)) return [...before, text];
  throw new InvalidArgumentError('It must be a VIN or an id of up to 64 letters, digits, _ and -.');
}

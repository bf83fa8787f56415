/** `fleet replay`: sends recorded drives to a server; a load generator too. */
import { Command, Option } from 'commander';
import type { CommandContext } from '../context.ts';
import { keyOption, urlOption, wholeNumber } from '../options.ts';
import { showProgress } from '../progress.ts';
import { type ReplayPlan, replay } from './replay.ts';
import { type Survey, shiftToNow, survey } from './survey.ts';
import { Tally } from './tally.ts';

const EXAMPLES = `
Files are NDJSON, one event a line, gzipped where they end in .gz. What is sent again is not stored twice. While the
server is away it keeps trying; it stops when the server refuses a request.

Examples:
  fleet replay drive.ndjson.gz --key fleet_… --as-now
  fleet replay drive.ndjson.gz --key fleet_… --as-now --speed 1        as if it were driven now
  fleet replay *.ndjson.gz --key fleet_… --offline                     as uploads after the drive, a trip a file
  fleet replay drive.ndjson --key fleet_… --as-now --vehicles 50       50 vehicles at once; a key for '*'
  FLEET_KEY=fleet_… fleet replay drive.ndjson --url https://fleet.example.org --batch 1`;

/** Events in a request where nothing else is said: alone when they come as they were driven, else many. */
const PACED_BATCH = 1;
const FAST_BATCH = 100;
/** Events in a chunk. */
const CHUNK = 900;
const MOST_IN_A_REQUEST = 10_000;
const MOST_VEHICLES = 10_000;
const MOST_SPEED = 10_000;
/** What a shell calls a program that was interrupted. */
const INTERRUPTED = 130;

interface ReplayOptions {
  readonly url: string;
  readonly key: string;
  readonly speed?: number;
  readonly asNow?: true;
  readonly vehicles: number;
  readonly offline?: true;
  readonly batch?: number;
  readonly repeat?: true;
}

export function replayCommand(context: CommandContext): Command {
  return new Command('replay')
    .description('send recorded drives to a server')
    .argument('<file...>', 'the drives')
    .addOption(urlOption())
    .addOption(keyOption(context, "a device's key"))
    .addOption(
      new Option('--speed <times>', 'as fast as it was driven, so many times')
        .argParser(wholeNumber(1, MOST_SPEED))
        .conflicts('offline'),
    )
    .addOption(new Option('--max', 'as fast as the server acknowledges; so it is without --speed').conflicts('speed'))
    .option('--as-now', 'move all times so that the newest event is now when it is sent')
    .option('--vehicles <count>', 'send as so many vehicles at once', wholeNumber(1, MOST_VEHICLES), 1)
    .option('--offline', 'send as offline uploads')
    .addOption(new Option('--repeat', 'again and again, until it is stopped').implies({ asNow: true }))
    .option('--batch <events>', 'events in a request, or in a chunk', wholeNumber(1, MOST_IN_A_REQUEST))
    .addHelpText('after', EXAMPLES)
    .action((files: string[], options: ReplayOptions) => run(context, files, options));
}

async function run(context: CommandContext, files: readonly string[], options: ReplayOptions): Promise<void> {
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, interrupt);
  try {
    do {
      await replayOnce(context, files, options, interrupted.signal);
    } while (options.repeat && !interrupted.signal.aborted);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}

async function replayOnce(
  context: CommandContext,
  files: readonly string[],
  options: ReplayOptions,
  interrupted: AbortSignal,
): Promise<void> {
  const found = await survey(files, options.speed ?? null);
  const plan = planOf(files, options, found, context.now());
  const tally = new Tally();
  let waiting: string | null = null;
  const onWaiting = (why: string | null) => {
    waiting = why;
  };
  const began = performance.now();
  const tookMs = () => performance.now() - began;
  const progress = showProgress(context.err, () => progressText(tally, found.lines * plan.vehicles, tookMs(), waiting));
  try {
    await replay(plan, { tally, onWaiting }, interrupted);
    if (tally.rejected > 0) context.exitWith(1);
  } catch (error) {
    if (!interrupted.aborted) throw error;
    context.exitWith(INTERRUPTED);
  } finally {
    progress.end();
    for (const line of tally.report(tookMs())) context.out.write(`${line}\n`);
  }
}

function planOf(files: readonly string[], options: ReplayOptions, found: Survey, now: number): ReplayPlan {
  const { url, key, speed = null, asNow, vehicles, offline, batch } = options;
  return {
    ...{ files, url, key, speed, vehicles },
    way: offline ? 'offline' : 'live',
    shiftMs: asNow ? shiftToNow(found, now) : 0,
    batch: batch ?? (offline ? CHUNK : speed === null ? FAST_BATCH : PACED_BATCH),
  };
}

function progressText({ accepted, rejected }: Tally, total: number, tookMs: number, waiting: string | null): string {
  const sent = accepted + rejected;
  const rate = Math.round(sent / (tookMs / 1_000));
  const numbers = `${sent.toLocaleString('en')} of ${total.toLocaleString('en')} events, ${rate.toLocaleString('en')} a second`;
  return waiting === null ? numbers : `${numbers}; waiting for the server: ${waiting}`;
}

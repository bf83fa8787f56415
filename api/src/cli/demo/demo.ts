/** What `fleet demo` does: starts a server, replays real drives as if now, shows what became of them. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TripSummary } from '../../ports.ts';
import type { CommandContext } from '../context.ts';
import { showProgress } from '../progress.ts';
import { replay } from '../replay/replay.ts';
import { shiftToNow, survey } from '../replay/survey.ts';
import { Tally } from '../replay/tally.ts';
import { countOf } from '../words.ts';
import { DEMO_WAYS, type DemoDrive, readDemoDrives } from './demo-drives.ts';
import { type DemoServer, startDemoServer } from './demo-server.ts';
import { isRight, judge, verdictTable } from './verdicts.ts';
import { whatNext } from './what-next.ts';

/** What tells it to end; the last is that its terminal was closed. */
const ENDINGS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Ends at once where `isOnce` says so, else when it is told to. */
export async function demo(context: CommandContext, isOnce: boolean): Promise<void> {
  const ended = new AbortController();
  const end = () => ended.abort();
  for (const signal of ENDINGS) process.once(signal, end);
  const folder = mkdtempSync(join(tmpdir(), 'fleet-demo-'));
  let server: DemoServer | undefined;
  try {
    server = await startDemoServer(folder, context);
    const right = await show(context, server, ended.signal);
    context.exitWith(right ? 0 : 1);
    context.out.write(`\nThe server ${isOnce ? 'ends now; on a terminal it stays' : 'stays'} up until Ctrl-C.\n`);
    if (!isOnce && !ended.signal.aborted) await once(ended.signal, 'abort');
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  } finally {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
    for (const signal of ENDINGS) process.off(signal, end);
  }
}

/** Replays the drives and shows what became of them: whether the trips are the drives. */
async function show({ out, err, now }: CommandContext, server: DemoServer, ended: AbortSignal): Promise<boolean> {
  const drives = readDemoDrives();
  const found = await survey(
    drives.map(({ file }) => file),
    null,
  );
  const shiftMs = shiftToNow(found, now());
  out.write(
    `${countOf(drives.length, 'real drive')}, ${countOf(found.lines, 'event')}, sent to ${server.url} as if now …\n`,
  );
  const tally = new Tally();
  const began = performance.now();
  const progress = showProgress(
    err,
    () => `${countOf(tally.accepted, 'event')} of ${found.lines.toLocaleString('en')}`,
  );
  try {
    await Promise.all(
      DEMO_WAYS.map((way) =>
        send(
          server,
          drives.filter((drive) => drive.way === way),
          shiftMs,
          tally,
          ended,
        ),
      ),
    );
  } finally {
    progress.end();
  }
  const trips = await tripsOf(server);
  const verdicts = judge(drives, trips, shiftMs);
  const right = isRight(verdicts, trips);
  out.write(`${tally.report(performance.now() - began).join('\n')}\n\n${verdictTable(verdicts)}\n`);
  out.write(
    `${countOf(trips.length, 'trip')} of ${countOf(drives.length, 'drive')}: ${right ? 'all' : 'NOT ALL'} as recorded.\n`,
  );
  out.write(`\n${whatNext(server, trips)}`);
  return right;
}

async function send(
  { url, deviceKey: key }: DemoServer,
  drives: readonly DemoDrive[],
  shiftMs: number,
  tally: Tally,
  ended: AbortSignal,
): Promise<void> {
  const [first] = drives;
  if (first === undefined) return;
  const { way, batch } = first.way;
  const plan = { url, key, way, batch, shiftMs, speed: null, vehicles: 1, files: drives.map(({ file }) => file) };
  await replay(plan, { tally, onWaiting: () => {} }, ended);
}

async function tripsOf({ url, viewerKey }: DemoServer): Promise<readonly TripSummary[]> {
  const response = await fetch(`${url}/v1/trips?limit=500`, { headers: { authorization: `Bearer ${viewerKey}` } });
  return ((await response.json()) as { trips: TripSummary[] }).trips;
}

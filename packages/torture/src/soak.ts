/** `npm run soak`: cars send for minutes on end, while memory and open files of the server are watched. */
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { seededRandom } from '@fleet/testkit';
import { inWorld, pause, type World } from './world.ts';

const EVERY_MS = 5_000;
/** What the last third may have more than the second, before it counts as growing. */
const ALLOWED = 1.15;

/** The server at one moment. */
interface Sample {
  readonly mib: number;
  readonly files: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '10' }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (values.help) return say('npm run soak -- [--minutes 10]\n\nLinux only: it reads /proc.');
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error(`--minutes takes a number above 0, not ${values.minutes}`);
  const faults = await inWorld({ random: seededRandom(1) }, (world) => watch(world, minutes));
  for (const fault of faults) say(`BROKEN ${fault}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

async function watch(world: World, minutes: number): Promise<string[]> {
  const samples: Sample[] = [];
  const end = Date.now() + minutes * 60_000;
  while (Date.now() < end) {
    await pause(EVERY_MS);
    const sample = sampleOf(world.server.pid ?? 0);
    samples.push(sample);
    say(`${sample.mib.toFixed(0)} MiB, ${sample.files} files, ${world.traffic.ledger.owed} events acknowledged`);
  }
  const { acknowledged, stored, faults } = await world.judge(0);
  say(`\n${acknowledged} events acknowledged, ${stored} found`);
  return [...faults, ...grown('memory', samples, ({ mib }) => mib), ...grown('files', samples, ({ files }) => files)];
}

/** Compares the middle of the last third with that of the second: the first is for warming up. */
function grown(what: string, samples: readonly Sample[], of: (sample: Sample) => number): string[] {
  const third = Math.floor(samples.length / 3);
  const [before, after] = [samples.slice(third, 2 * third), samples.slice(-third)].map((part) => median(part.map(of)));
  if (third === 0 || before === undefined || after === undefined) return [];
  say(`${what}: ${before.toFixed(0)} in the second third, ${after.toFixed(0)} in the last`);
  return after > before * ALLOWED ? [`${what} grew from ${before.toFixed(0)} to ${after.toFixed(0)}`] : [];
}

function sampleOf(pid: number): Sample {
  const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { mib: Number(resident) / 1_024, files: readdirSync(`/proc/${pid}/fd`).length };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

await main();

/** `npm run torture`: the fault bench. Prints a table; its exit code is 1 where a promise was broken. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '@fleet/testkit';
import { type Run, resultTable, runOf, type ScenarioResult } from './run.ts';
import { SCENARIOS } from './scenarios.ts';

const RUN_FILE = fileURLToPath(new URL('../last-run.json', import.meta.url));

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      kills: { type: 'string', default: '100' },
      seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
      save: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(help());
  const [kills, seed] = [wholeNumber('--kills', values.kills), wholeNumber('--seed', values.seed)];
  const unknown = positionals.find((name) => SCENARIOS.every((each) => each.name !== name));
  if (unknown !== undefined) throw new Error(`there is no scenario ${unknown}\n\n${help()}`);
  const results: ScenarioResult[] = [];
  for (const scenario of SCENARIOS) {
    if (positionals.length > 0 && !positionals.includes(scenario.name)) continue;
    progress(`${scenario.name}: ${scenario.about}`);
    const missing = scenario.missing?.();
    if (missing !== undefined) {
      progress(`skipped: ${missing}`);
      continue;
    }
    const times = Math.max(1, Math.round(kills * scenario.share));
    const outcome = await scenario.run({ times, random: seededRandom(seed), progress });
    for (const fault of outcome.faults) progress(`BROKEN ${fault}`);
    results.push({ ...outcome, name: scenario.name, about: scenario.about });
  }
  const run: Run = runOf(results, seed);
  say(`\nseed ${seed}\n\n${resultTable(run)}`);
  if (values.save) writeFileSync(RUN_FILE, `${JSON.stringify(run, undefined, 2)}\n`);
  process.exitCode = results.some(({ faults }) => faults.length > 0) ? 1 : 0;
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${option} takes a whole number, not ${text}`);
  return Number(text);
}

function help(): string {
  const width = Math.max(...SCENARIOS.map(({ name }) => name.length));
  return [
    'npm run torture -- [SCENARIO…] [--kills N] [--seed N] [--save]',
    '',
    ...SCENARIOS.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`),
    '',
    '  --kills  how often a process is killed; other faults come in proportion (100)',
    '  --seed   brings the same run again, as far as processes do the same twice',
    '  --save   keeps the result for docs/reliability.md; then: npm run generate',
    '',
    'Example: npm run torture -- kills torn-tails --kills 1000 --seed 7',
  ].join('\n');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

try {
  await main();
} catch (error) {
  progress((error as Error).message);
  process.exitCode = 2;
}

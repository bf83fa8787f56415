/** `npm run torture`: the fault bench. Prints a table; its exit code is 1 where a promise was broken. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { LANES, runInLanes } from './lanes.ts';
import { type PartOutcome, partsOf, together } from './parts.ts';
import { type Run, resultTable, runOf, runTime, type ScenarioResult } from './run.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

const RUN_FILE = fileURLToPath(new URL('../last-run.json', import.meta.url));

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      kills: { type: 'string', default: '100' },
      seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
      lanes: { type: 'string', default: `${LANES}` },
      save: { type: 'boolean', default: false },
    },
  });
  if (values.help) return say(help());
  const [kills, seed] = [wholeNumber('--kills', values.kills), wholeNumber('--seed', values.seed)];
  const lanes = wholeNumber('--lanes', values.lanes);
  if (lanes === 0) throw new Error('--lanes takes at least 1');
  const unknown = positionals.find((name) => SCENARIOS.every((each) => each.name !== name));
  if (unknown !== undefined) throw new Error(`there is no scenario ${unknown}\n\n${help()}`);
  const chosen = SCENARIOS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const run = await runAll(chosen.filter(isPossible), { kills, seed, lanes });
  say(`\nseed ${seed}, ${runTime(run)}\n\n${resultTable(run)}`);
  if (values.save) writeFileSync(RUN_FILE, `${JSON.stringify(run, undefined, 2)}\n`);
  process.exitCode = run.results.some(({ faults }) => faults.length > 0) ? 1 : 0;
}

function isPossible({ name, missing }: Scenario): boolean {
  const why = missing?.();
  if (why !== undefined) progress(`${name}: skipped: ${why}`);
  return why === undefined;
}

async function runAll(
  scenarios: readonly Scenario[],
  { kills, seed, lanes }: { kills: number; seed: number; lanes: number },
): Promise<Run> {
  const began = performance.now();
  const parts = scenarios.flatMap((scenario) => partsOf(scenario, kills, seed));
  const outcomes = new Map<string, PartOutcome[]>(scenarios.map(({ name }) => [name, []]));
  let left = parts.length;
  await runInLanes(parts, lanes, ({ scenario }, outcome) => {
    outcomes.get(scenario)?.push(outcome);
    left--;
    progress(`${scenario}: ${outcome.times} times in ${outcome.seconds.toFixed(0)} s; parts that are left: ${left}`);
    for (const fault of outcome.faults) progress(`BROKEN ${scenario}: ${fault}`);
  });
  const results = scenarios.map(
    ({ name, about }): ScenarioResult => ({ ...together(outcomes.get(name) ?? []), name, about }),
  );
  return runOf({ seed, lanes, seconds: (performance.now() - began) / 1_000, results });
}

function wholeNumber(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${option} takes a whole number, not ${text}`);
  return Number(text);
}

function help(): string {
  const width = Math.max(...SCENARIOS.map(({ name }) => name.length));
  return [
    'npm run torture -- [SCENARIO…] [--kills N] [--seed N] [--lanes N] [--save]',
    '',
    ...SCENARIOS.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`),
    '',
    '  --kills  how often a process is killed; other faults come in proportion (100)',
    '  --seed   brings the same run again, as far as processes do the same twice',
    `  --lanes  so many stores at a time, each with its cars (as many as there are cores, here ${LANES})`,
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

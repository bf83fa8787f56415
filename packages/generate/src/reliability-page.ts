/** docs/reliability.md: what is survived, where that is shown, and what the last long run found. */
import { readFileSync } from 'node:fs';
import { FAULTS, type Fault, type Proof } from '@fleet/testkit';
import { type Run, resultTable, runTime } from '@fleet/torture/run';
import { code, GENERATED, page, table } from './markdown.ts';

const LAST_RUN = new URL('../../torture/last-run.json', import.meta.url);

export function reliabilityPage(): string {
  const run = JSON.parse(readFileSync(LAST_RUN, 'utf8')) as Run;
  const open = FAULTS.filter(({ proofs }) => proofs.length === 0);
  return page(
    GENERATED,
    '# Reliability',
    'A 2xx means that the event is on disk. It is there once, however often and in whatever order it comes. This page ' +
      'says against which faults that is shown, and how to show it again:',
    '```sh\nnpm run torture -- --kills 1000 --seed 7\n```',
    'It starts the real program on a scratch folder, has cars send to it in every way there is, and does its worst. One ' +
      'oracle judges: every event that was acknowledged is found once, with its values (*conservation*), nothing is found ' +
      'that nobody sent, and when a fault is over new events are acknowledged within 5 s (*liveness*). Each scenario is cut ' +
      'into parts with stores and seeds of their own, of which as many run at a time as there are cores; the same seed ' +
      'makes the same parts anywhere. Without options it takes a few minutes; `--help` says more. What wants a program that ' +
      'is not there (strace, Mosquitto, InfluxDB) is skipped by name. How power cuts are made: [decision 0014](adr/0014-power-cuts-are-replayed-from-what-the-kernel-was-told.md).',
    '## The last long run',
    `On ${run.date}, seed ${run.seed}, Node ${run.node} on ${run.platform}, ${runTime(run)}:`,
    resultTable(run),
    'Seconds are those of all parts of a scenario, one behind the other.',
    'Of damaged logs (`torn-tails`) the events behind the damage are gone, as they must be: what counts there is that ' +
      'none before it is.',
    '## Faults',
    `${FAULTS.length - open.length} of ${FAULTS.length} are shown.`,
    table(['no', 'fault', 'what holds all the same', 'shown by'], FAULTS.map(row)),
  );
}

function row({ no, fault, promise, proofs, open }: Fault): string[] {
  const words = [...proofs.map(proofWords), ...(open === undefined ? [] : [`*Open:* ${open}`])];
  return [`${no}`, fault, promise, words.join('; ')];
}

function proofWords(proof: Proof): string {
  if ('torture' in proof) return code(`npm run torture -- ${proof.torture}`);
  return code('test' in proof ? proof.test : proof.command);
}

/** A run of the fault bench, as it is printed and kept. */
import type { PartOutcome } from './parts.ts';

export interface ScenarioResult extends PartOutcome {
  readonly name: string;
  readonly about: string;
}

export interface Run {
  /** The day, ISO 8601. */
  readonly date: string;
  readonly seed: number;
  readonly node: string;
  readonly platform: string;
  /** So many parts ran at a time. */
  readonly lanes: number;
  /** How long all of it took. */
  readonly seconds: number;
  readonly results: readonly ScenarioResult[];
}

export function runOf(run: Pick<Run, 'seed' | 'lanes' | 'seconds' | 'results'>): Run {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    ...run,
  };
}

const COLUMNS: readonly (readonly [title: string, of: (result: ScenarioResult) => string])[] = [
  ['scenario', ({ name }) => name],
  ['times', ({ times }) => `${times}`],
  ['acknowledged', ({ acknowledged }) => `${acknowledged}`],
  ['found', ({ stored }) => `${stored}`],
  ['live again within', ({ liveMs }) => (liveMs === null ? '' : `${liveMs} ms`)],
  ['seconds', ({ seconds }) => seconds.toFixed(0)],
  ['lost, doubled or wrong', ({ faults }) => (faults.length === 0 ? 'none' : `${faults.length}`)],
];

/** The results as a table in plain text, which is Markdown as well. Seconds are those of all its parts. */
export function resultTable({ results }: Run): string {
  const titles = COLUMNS.map(([title]) => title);
  const rows = results.map((result) => COLUMNS.map(([, of]) => of(result)));
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [titles, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n');
}

/** How long it took, in words. */
export function runTime({ seconds, lanes }: Run): string {
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min ${Math.floor(seconds % 60)} s in ${lanes === 1 ? 'one lane' : `${lanes} lanes`}`;
}

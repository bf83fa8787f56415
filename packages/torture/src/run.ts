/** A run of the fault bench, as it is printed and kept. */
import type { Outcome } from './scenario.ts';

export interface ScenarioResult extends Outcome {
  readonly name: string;
  readonly about: string;
}

export interface Run {
  /** The day, ISO 8601. */
  readonly date: string;
  readonly seed: number;
  readonly node: string;
  readonly platform: string;
  readonly results: readonly ScenarioResult[];
}

export function runOf(results: readonly ScenarioResult[], seed: number): Run {
  return {
    date: new Date().toISOString().slice(0, 10),
    seed,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    results,
  };
}

const COLUMNS: readonly (readonly [title: string, of: (result: ScenarioResult) => string])[] = [
  ['scenario', ({ name }) => name],
  ['times', ({ times }) => `${times}`],
  ['acknowledged', ({ acknowledged }) => `${acknowledged}`],
  ['found', ({ stored }) => `${stored}`],
  ['live again within', ({ liveMs }) => (liveMs === null ? '' : `${liveMs} ms`)],
  ['lost, doubled or wrong', ({ faults }) => (faults.length === 0 ? 'none' : `${faults.length}`)],
];

/** The results as a table in plain text, which is Markdown as well. */
export function resultTable({ results }: Run): string {
  const titles = COLUMNS.map(([title]) => title);
  const rows = results.map((result) => COLUMNS.map(([, of]) => of(result)));
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [titles, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n');
}

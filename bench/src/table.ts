/** Findings as a table in plain text, which is Markdown as well. */
import type { Finding } from './benchmark.ts';

type Column = readonly [title: string, of: (finding: Finding) => string];

const COLUMNS: readonly Column[] = [
  ['benchmark', ({ name }) => name],
  ['ratio', ({ ratio = '' }) => ratio],
  ['measured', ({ measured }) => measured],
  ['baseline', ({ baseline = '' }) => baseline],
  ['target', ({ target }) => target?.words ?? ''],
  ['verdict', ({ target }) => (target === undefined ? '' : target.met ? 'met' : 'missed')],
];

/** Where there is something to compare with. */
const COMPARISON: readonly Column[] = [
  ['before', ({ before = '' }) => before],
  ['change', ({ change = '' }) => change],
];

export function tableOf(findings: readonly Finding[]): string {
  const isCompared = findings.some(({ before }) => before !== undefined);
  const columns = isCompared ? [...COLUMNS, ...COMPARISON] : COLUMNS;
  const titles = columns.map(([title]) => title);
  // A bar would end the cell.
  const rows = findings.map((finding) => columns.map(([, of]) => of(finding).replaceAll('|', '/')));
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [titles, rule, ...rows].map(line).join('\n');
}

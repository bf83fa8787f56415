/** The values of a chart as a page for people: a table for each group at the top. */
import { Group, type Spec, type Value } from './values.ts';

/** Sections of Markdown, each with a table. */
export function valuesSections(spec: Spec): string[] {
  return Object.entries(spec).map(([key, value]) => {
    const [intro, rows] = value instanceof Group ? [value.doc, rowsOf(value.spec, [key])] : ['', [row([key], value)]];
    return [`## ${key}`, intro, ['| value | default | what it does |', '| --- | --- | --- |', ...rows].join('\n')].join(
      '\n\n',
    );
  });
}

function rowsOf(spec: Spec, path: readonly string[]): string[] {
  return Object.entries(spec).flatMap(([key, value]) => {
    const at = [...path, key];
    return value instanceof Group ? rowsOf(value.spec, at) : [row(at, value)];
  });
}

function row(path: readonly string[], { default: fallback, doc }: Value<unknown>): string {
  const cells = [`\`${path.join('.')}\``, `\`${JSON.stringify(fallback)}\``, doc];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** YAML as people write it: the subset that both versions of YAML, and every parser, understand alike. */

/** A text that needs no quotes: it begins with a letter or a slash, and nothing in it means anything. */
const PLAIN = /^[A-Za-z/_][\w./-]*(?:[:@+][\w./-]+)*(?:(?:, | )[A-Za-z_][\w./-]*)*$/;
/** Words that YAML 1.1 takes for something else. */
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null|nan|inf)$/i;

/** Whether a text may stand in YAML without quotes. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text) && !RESERVED.test(text);
}

/** A text as a scalar of one line. */
export function scalarOf(text: string): string {
  return isPlain(text) ? text : JSON.stringify(text);
}

/** Any JSON value as lines of YAML, from a column on. */
export function yamlLines(value: unknown, column = 0): string[] {
  const pad = ' '.repeat(column);
  if (isLeaf(value)) return [`${pad}${leafOf(value)}`];
  if (Array.isArray(value)) return value.flatMap((item) => dashed(yamlLines(item, column + 2), column));
  return Object.entries(value as object).flatMap(([key, item]) => {
    const name = `${pad}${scalarOf(key)}:`;
    return isLeaf(item) ? [`${name} ${leafOf(item)}`] : [name, ...yamlLines(item, column + 2)];
  });
}

/** The lines of an item, with its dash. */
export function dashed(lines: readonly string[], column: number): string[] {
  const [first = '', ...rest] = lines;
  return [`${' '.repeat(column)}- ${first.slice(column + 2)}`, ...rest];
}

/** Whether a value stands on the line of its key. */
function isLeaf(value: unknown): boolean {
  return value === null || typeof value !== 'object' || Object.keys(value).length === 0;
}

function leafOf(value: unknown): string {
  return typeof value === 'string' ? scalarOf(value) : JSON.stringify(value);
}

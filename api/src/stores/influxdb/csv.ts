/** Answers of InfluxQL as CSV: no number loses digits in it, and it is read faster than JSON. */

/** A row: its values by column, without those that are empty. */
export type Row = Readonly<Record<string, string>>;

/** The rows of all tables of an answer. @see RFC 4180 */
export function parseCsv(text: string): Row[] {
  const rows: Row[] = [];
  let columns: readonly string[] = [];
  for (const line of linesOf(text)) {
    // The line of columns' names before each table.
    if (line[0] === 'name' && line[1] === 'tags') columns = line;
    else if (line.length > 1) rows.push(rowOf(columns, line));
  }
  return rows;
}

function rowOf(columns: readonly string[], line: readonly string[]): Row {
  const row: Record<string, string> = {};
  for (let index = 2; index < line.length; index++) {
    const value = line[index] as string;
    if (value !== '') row[columns[index] as string] = value;
  }
  return row;
}

/** The values of one line, without its end. */
export function valuesOf(line: string): readonly string[] {
  return line.includes('"') ? quotedLine(line, 0).values : line.split(',');
}

function* linesOf(text: string): Generator<readonly string[]> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end);
    if (line.includes('"')) {
      const quoted = quotedLine(text, at);
      yield quoted.values;
      at = quoted.end;
    } else {
      yield line.split(',');
      at += line.length + 1;
    }
  }
}

/** A line with values in quotes, which may hold commas, line breaks and, doubled, quotes. */
function quotedLine(text: string, start: number): { values: readonly string[]; end: number } {
  const values: string[] = [];
  for (let at = start; ; ) {
    const value = text[at] === '"' ? quotedValue(text, at) : plainValue(text, at);
    values.push(value.text);
    if (text[value.end] !== ',') return { values, end: value.end + 1 };
    at = value.end + 1;
  }
}

function quotedValue(text: string, start: number): { text: string; end: number } {
  let end = text.indexOf('"', start + 1);
  while (text[end + 1] === '"') end = text.indexOf('"', end + 2);
  return { text: text.slice(start + 1, end).replaceAll('""', '"'), end: end + 1 };
}

const VALUE_END = /[,\n]|$/g;

function plainValue(text: string, start: number): { text: string; end: number } {
  VALUE_END.lastIndex = start;
  const end = VALUE_END.exec(text)?.index ?? text.length;
  return { text: text.slice(start, end), end };
}

/** Answers of InfluxQL as CSV: no number loses digits in it, and it is read faster than JSON. */

/** A row: its values by column, without those that are empty. */
export type Row = Readonly<Record<string, string>>;

/** Makes something of each row's values, given those of the line of columns' names before it. */
type RowReader<T> = (columns: readonly string[]) => (values: readonly string[]) => T;

/** What is made of the rows of all tables of an answer. @see RFC 4180 */
export function readCsv<T>(text: string, readerOf: RowReader<T>): T[] {
  const made: T[] = [];
  let read = readerOf([]);
  for (const line of linesOf(text)) {
    if (line[0] === 'name' && line[1] === 'tags') read = readerOf(line);
    else if (line.length > 1) made.push(read(line));
  }
  return made;
}

/** The rows of all tables of an answer. */
export function parseCsv(text: string): Row[] {
  return readCsv(text, (columns) => (line) => {
    const row: Record<string, string> = {};
    for (let index = 2; index < line.length; index++) {
      const value = line[index] as string;
      if (value !== '') row[columns[index] as string] = value;
    }
    return row;
  });
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

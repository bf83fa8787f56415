/**
 * Flux on a real InfluxDB, and its answer as Grafana's data source makes frames of it: a table with `_value` and a time
 * is a series with labels, every other one keeps its columns.
 */
import type { InfluxAccess } from './influxd.ts';

export type Cell = number | string | boolean | null;

/** A frame as panels and alerts get it. */
export interface Frame {
  /** Series have a field `_time` and one with the value; tables have whatever columns they have. */
  readonly kind: 'series' | 'table';
  /** InfluxDB's types by column. */
  readonly types: Readonly<Record<string, string>>;
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

/** The frames that answer a query whose macros are replaced. Throws InfluxDB's words. */
export async function askFlux({ url, token, org }: InfluxAccess, query: string): Promise<Frame[]> {
  const response = await fetch(`${url}/api/v2/query?org=${encodeURIComponent(org)}`, {
    method: 'POST',
    headers: { authorization: `Token ${token}`, 'content-type': 'application/json', accept: 'application/csv' },
    body: JSON.stringify({ query, dialect: { annotations: ['datatype', 'group', 'default'] } }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${text}\n${query}`);
  const frames = text.split('\r\n\r\n').flatMap(framesOf);
  return frames.filter(({ rows }) => rows.length > 0);
}

function framesOf(block: string): Frame[] {
  const lines = block.trim().split('\r\n');
  const [datatypes, , defaults, header, ...body] = lines.map(cellsOf);
  if (datatypes?.[0] !== '#datatype' || header === undefined) {
    if (block.includes('error,reference')) throw new Error(block);
    return [];
  }
  const types = Object.fromEntries(header.map((name, at) => [name, datatypes[at] ?? 'string']));
  const tables = new Map<string, string[][]>();
  for (const cells of body) {
    const table = tables.get(cells[2] ?? '') ?? [];
    table.push(cells);
    tables.set(cells[2] ?? '', table);
  }
  const names = header.slice(3);
  const kind = types['_value'] !== undefined && names.some((name) => isTime(types[name])) ? 'series' : 'table';
  return [...tables.values()].map((rows) => ({
    kind,
    types: Object.fromEntries(names.map((name) => [name, types[name] ?? 'string'])),
    rows: rows.map((cells) => rowOf(names, cells.slice(3), defaults?.slice(3) ?? [], types)),
  }));
}

function rowOf(
  names: readonly string[],
  cells: readonly string[],
  defaults: readonly string[],
  types: Readonly<Record<string, string>>,
): Record<string, Cell> {
  const pairs = names.map((name, at) => [name, cellOf(cells[at] || defaults[at] || '', types[name])] as const);
  return Object.fromEntries(pairs);
}

/** Times become milliseconds since 1970. */
function cellOf(text: string, type = 'string'): Cell {
  if (text === '') return null;
  if (isTime(type)) return Date.parse(text);
  if (type === 'double' || type === 'long' || type === 'unsignedLong') return Number(text);
  return type === 'boolean' ? text === 'true' : text;
}

function isTime(type = ''): boolean {
  return type.startsWith('dateTime');
}

/** The cells of a line of CSV. */
function cellsOf(line: string): string[] {
  const cells = `,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return [...cells].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}

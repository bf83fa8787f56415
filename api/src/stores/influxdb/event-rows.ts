/** Events of an answer in CSV, made straight from its lines: of what is read this is the most by far. */
import type { EventRow } from '../../ports.ts';
import { readCsv } from './csv.ts';
import { tripOfContainer } from './event-line.ts';
import { milliseconds } from './line-protocol.ts';

/** Columns of a point that are no signals. */
const OWN_COLUMNS = ['time', 'vin', 'trip_id', 'seq', 'source', 'dtcs'];
/** `name` and `tags` begin every line; a signal may be called the same. */
const FIRST_COLUMN = 2;

/** The events of points that were read with these columns, in the order of the answer. */
export function parseEventRows(text: string): EventRow[] {
  return readCsv(text, (columns) => {
    const [time, container, seq, source, dtcs] = ['time', 'trip_id', 'seq', 'source', 'dtcs'].map((name) =>
      columns.indexOf(name, FIRST_COLUMN),
    ) as [number, number, number, number, number];
    const signals = columns
      .map((name, index) => ({ name, index }))
      .filter(({ name, index }) => index >= FIRST_COLUMN && !OWN_COLUMNS.includes(name));
    return (line) => {
      const values: Record<string, number> = {};
      for (const { name, index } of signals) {
        const value = line[index] as string;
        if (value !== '') values[name] = Number(value);
      }
      const codes = line[dtcs] ?? '';
      return {
        ts: milliseconds(line[time] ?? ''),
        seq: Number(line[seq]),
        trip: tripOfContainer(line[container] ?? ''),
        source: line[source] ?? '',
        values,
        ...(codes !== '' && { dtcs: JSON.parse(codes) as string[] }),
      };
    };
  });
}

/** Events of an answer in CSV, made straight from its lines: of what is read this is the most by far. */
import type { EventRow } from '../../ports.ts';
import { readCsv } from './csv.ts';
import { tripOfContainer } from './event-line.ts';
import { milliseconds } from './line-protocol.ts';

/** Columns of a point that are no signals; the first two begin every line. */
const OWN_COLUMNS = ['name', 'tags', 'time', 'vin', 'trip_id', 'seq', 'source', 'dtcs'];

/** The events of points that were read with these columns, in the order of the answer. */
export function parseEventRows(text: string): EventRow[] {
  return readCsv(text, (columns) => {
    const [time, container, seq, source, dtcs] = ['time', 'trip_id', 'seq', 'source', 'dtcs'].map((name) =>
      columns.indexOf(name),
    ) as [number, number, number, number, number];
    const signals = columns.map((name, index) => ({ name, index })).filter(({ name }) => !OWN_COLUMNS.includes(name));
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

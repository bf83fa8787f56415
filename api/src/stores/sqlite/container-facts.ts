/** What is worked out of a container by itself: its minutes, and whether its seqs are in order of time. Reads only. */
import { isDeleted } from '../../trips/corrections.ts';
import { addToRollup, MS_PER_MINUTE, type Rollup } from '../../trips/history.ts';
import type { Dictionary } from './dictionary.ts';
import { type DirtyRow, spanOf } from './dirty.ts';
import type { DerivedRollups } from './protocol.ts';
import type { RowReader } from './row-reader.ts';
import type { VehicleGroup } from './vehicle-groups.ts';

/** Above every number of a name. */
const NAMES_BOUND = 2 ** 17;

export class ContainerFacts {
  readonly #names: Dictionary;
  readonly #rows: RowReader;

  constructor(names: Dictionary, rows: RowReader) {
    this.#names = names;
    this.#rows = rows;
  }

  /** Adds up the minutes of a container in which events changed. */
  rollUp({ combined }: VehicleGroup, row: DirtyRow): DerivedRollups {
    const { from, to } = spanOf(row);
    const first_minute = Math.floor(from / MS_PER_MINUTE);
    const last_minute = Math.floor(to / MS_PER_MINUTE);
    const trip = row.loose === 1 ? null : row.name;
    const container = { id: row.container, loose: row.loose ?? 0, ordered_seq: row.ordered_seq };
    const span = { from: first_minute * MS_PER_MINUTE, to: (last_minute + 1) * MS_PER_MINUTE - 1 };
    const rollups = new Map<number, Rollup>();
    for (const { ts, values } of this.#rows.byTime(container, trip, span)) {
      if (isDeleted(combined, { trip, ts })) continue;
      const minute = Math.floor(ts / MS_PER_MINUTE);
      for (const name in values) {
        const signal = this.#names.idOf(name);
        if (signal !== undefined) addToRollup(rollups, minute * NAMES_BOUND + signal, values[name] as number);
      }
    }
    const rows = [...rollups].flatMap(([key, { count, sum, min, max }]) => [
      ...[key % NAMES_BOUND, Math.floor(key / NAMES_BOUND)],
      ...[count, sum, min, max],
    ]);
    const replace = row.from_seq === 0;
    return { container: row.container, first_minute, last_minute, replace, rows: Float64Array.from(rows) };
  }

  /** Whether a device's trip has its seqs in order of time, looking only at what is new where that is enough. */
  findOrder({ container, ordered_seq, from_seq }: DirtyRow): { container: number; seq: number | null } {
    const known = ordered_seq !== null && from_seq > ordered_seq ? this.#rows.rowAt(container, ordered_seq) : undefined;
    let last = known ?? { ts: Number.NEGATIVE_INFINITY, seq: 0 };
    let seq: number | null = last.seq;
    for (const row of this.#rows.bySeq(container, null, known === undefined ? 0 : from_seq)) {
      if (row.ts < last.ts) {
        seq = null;
        break;
      }
      last = row;
      seq = row.seq;
    }
    this.#rows.noteOrder(container, seq);
    return { container, seq };
  }
}

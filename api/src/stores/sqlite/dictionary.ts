/** The numbers that records use instead of names, in memory. */
import type { Database } from './open-database.ts';
import type { Names } from './record.ts';

/** A name's row. */
export interface NameRow {
  readonly id: number;
  readonly name: string;
  /** Decimal places that are packed, for a signal. */
  readonly decimals: number;
}

/** More names than this get no number: a device that makes up names must not fill the memory of all. */
export const MOST_NAMES = 10_000;

export class Dictionary implements Names {
  readonly #ids = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #scales: number[] = [];

  /** Takes rows in; known ones change nothing. */
  add(rows: readonly NameRow[]): void {
    for (const { id, name, decimals } of rows) {
      this.#ids.set(name, id);
      this.#names[id] = name;
      this.#scales[id] = 10 ** decimals;
    }
  }

  /** The largest number that is taken. */
  get last(): number {
    return Math.max(0, this.#names.length - 1);
  }

  get full(): boolean {
    return this.#ids.size >= MOST_NAMES;
  }

  idOf(name: string): number | undefined {
    return this.#ids.get(name);
  }

  nameOf(id: number): string {
    return this.#names[id] ?? '';
  }

  scaleOf(id: number): number {
    return this.#scales[id] ?? 1;
  }
}

/** Takes in the names that the file has and the dictionary has not. */
export function loadNames(db: Database, dictionary: Dictionary): void {
  dictionary.add(db.prepare('SELECT id, name, decimals FROM names WHERE id > ?').all(dictionary.last) as NameRow[]);
}

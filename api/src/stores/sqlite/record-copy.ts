/** Records from where they lie, in a string of bytes of their own. */
import type { StoredRow } from './record-reader.ts';

export class RecordCopy {
  /** Stretches of bytes; records that lie beside each other are one. */
  readonly #stretches: { readonly bytes: Uint8Array; readonly start: number; end: number }[] = [];

  /** Appends a record as it is. */
  add({ reader: { bytes }, start, end }: StoredRow): void {
    const last = this.#stretches.at(-1);
    if (last !== undefined && last.bytes === bytes && last.end === start) last.end = end;
    else this.#stretches.push({ bytes, start, end });
  }

  /** All of them. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.#stretches.reduce((total, { start, end }) => total + end - start, 0));
    let at = 0;
    for (const { bytes, start, end } of this.#stretches) {
      taken.set(bytes.subarray(start, end), at);
      at += end - start;
    }
    return taken;
  }
}

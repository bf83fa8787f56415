/** A recorded drive, played as if it were driven now. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { TelemetryEvent } from '@fleet/contract';

export class DrivePlayer {
  readonly #events: readonly { readonly atMs: number; readonly event: TelemetryEvent }[];
  readonly #monoMs: () => number;
  readonly #beganMs: number;

  /** Throws where the file holds no drive. */
  constructor(file: string, monoMs: () => number) {
    const bytes = readFileSync(file);
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trim();
    const events = text.split('\n').map((line) => JSON.parse(line) as TelemetryEvent);
    const first = Date.parse(`${events[0]?.ts}`);
    if (Number.isNaN(first)) throw new Error(`${file} holds no drive: lines of NDJSON, each with a ts`);
    this.#events = events.map((event) => ({ atMs: Date.parse(event.ts) - first, event }));
    this.#monoMs = monoMs;
    this.#beganMs = monoMs();
  }

  /** Every signal that the drive has. */
  get signals(): ReadonlySet<string> {
    return new Set(this.#events.flatMap(({ event }) => Object.keys(event)));
  }

  /** What was recorded last before now; undefined when the drive is over. */
  now(): TelemetryEvent | undefined {
    const elapsedMs = this.#monoMs() - this.#beganMs;
    if (elapsedMs > (this.#events.at(-1)?.atMs ?? 0) + 1_000) return undefined;
    return this.#events.findLast(({ atMs }) => atMs <= elapsedMs)?.event;
  }
}

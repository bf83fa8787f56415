/** A recorded drive, played as if it were driven now. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { TelemetryEvent } from '@fleet/contract';

/** Why a file can't be played, in one line. */
export class DriveFileError extends Error {}

export class DrivePlayer {
  readonly #events: readonly { readonly atMs: number; readonly event: TelemetryEvent }[];
  readonly #monoMs: () => number;
  readonly #beganMs: number;

  /** Throws `DriveFileError` where the file holds no drive. */
  constructor(file: string, monoMs: () => number) {
    const events = readEvents(file);
    const times = events.map((event) => Date.parse(`${event?.ts}`));
    if (times.some(Number.isNaN)) throw new DriveFileError(`${file} holds no drive: lines of NDJSON, each with a ts`);
    this.#events = events.map((event, at) => ({ atMs: Number(times[at]) - Number(times[0]), event }));
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

function readEvents(file: string): TelemetryEvent[] {
  try {
    const bytes = readFileSync(file);
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trim();
    return text.split('\n').map((line) => JSON.parse(line) as TelemetryEvent);
  } catch (error) {
    throw new DriveFileError(`${file} can not be played: ${(error as Error).message}`);
  }
}

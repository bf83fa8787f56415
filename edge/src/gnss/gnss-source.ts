/** The receiver as a source of values and of the time. */
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SignalName } from '@fleet/contract';
import type { Log, TimeObserver, ValueSource } from '../ports.ts';
import { textLines } from '../streams/text-lines.ts';
import { type Batch, FreshValues } from '../trip/fresh-values.ts';
import { readGpsd, WATCH } from './gpsd.ts';
import { readNmea } from './nmea.ts';

export interface GnssParts {
  readonly open: () => Promise<Duplex>;
  /** What speaks: gpsd, or a receiver itself. */
  readonly protocol: 'gpsd' | 'nmea';
  readonly log: Log;
  readonly onTime: TimeObserver;
  readonly monoMs: () => number;
}

/** What people are shown. */
export interface GnssState {
  readonly fix: boolean;
  /** Seconds since the last fix; null where there never was one. */
  readonly age_s: number | null;
  readonly satellites: number | null;
  /** Why there is nothing; null while it speaks. */
  readonly why: string | null;
}

/** Longer without a word: the receiver is gone, or was never there. */
const SILENT_MS = 15_000;
/** A position that is older says nothing about now. */
const STALE_MS = 3_000;
/** Between two tries to open it: the first, and the longest. */
const REOPEN_MS = { first: 1_000, longest: 30_000 } as const;

export class GnssSource implements ValueSource {
  readonly #parts: GnssParts;
  readonly #controller = new AbortController();
  readonly #values: FreshValues;
  readonly #read;
  #stream: Duplex | undefined;
  #fixMs: number | null = null;
  #fix = false;
  #why: string | null = 'the receiver was not opened yet';

  constructor(parts: GnssParts) {
    this.#parts = parts;
    this.#values = new FreshValues(parts.monoMs);
    this.#read = parts.protocol === 'gpsd' ? readGpsd : readNmea;
  }

  take(): readonly Batch[] {
    return this.#values.take();
  }

  /** Undefined where there is none now. */
  speedKph(): number | undefined {
    return this.#values.recent('gps_speed_kph', STALE_MS);
  }

  state(): GnssState {
    const age = this.#fixMs === null ? null : (this.#parts.monoMs() - this.#fixMs) / 1_000;
    return {
      fix: this.#fix && age !== null && age * 1_000 <= SILENT_MS,
      age_s: age === null ? null : Math.round(age),
      satellites: this.#values.recent('gps_satellites', SILENT_MS) ?? null,
      why: this.#why,
    };
  }

  /** Works until it is stopped. */
  async run(): Promise<void> {
    const { signal } = this.#controller;
    for (let waitMs: number = REOPEN_MS.first; !signal.aborted; ) {
      try {
        await this.#listen();
        this.#lose('the connection has ended');
      } catch (error) {
        this.#lose((error as Error).message);
      }
      if (this.#fixMs !== null) waitMs = REOPEN_MS.first;
      await sleep(waitMs, undefined, { signal }).catch(() => {});
      waitMs = Math.min(REOPEN_MS.longest, waitMs * 2);
    }
  }

  stop(): void {
    this.#controller.abort();
    this.#stream?.destroy();
  }

  async #listen(): Promise<void> {
    const stream = await this.#parts.open();
    this.#stream = stream;
    if (this.#controller.signal.aborted) return void stream.destroy();
    if (this.#parts.protocol === 'gpsd') stream.write(WATCH);
    const silence = setTimeout(() => stream.destroy(new Error('it says nothing')), SILENT_MS);
    try {
      for await (const line of textLines(stream)) {
        if (this.#hear(line)) silence.refresh();
      }
    } finally {
      clearTimeout(silence);
      stream.destroy();
    }
  }

  /** Whether the line means anything. */
  #hear(line: string): boolean {
    const saying = this.#read(line);
    if (saying === undefined) return false;
    if (this.#why !== null) this.#parts.log.info('receiver: it speaks');
    this.#why = null;
    this.#fix = saying.fix ?? this.#fix;
    if (saying.fix === true) this.#fixMs = this.#parts.monoMs();
    if (saying.utcMs !== undefined) this.#parts.onTime('gnss', saying.utcMs);
    for (const [name, value] of Object.entries(saying.values)) this.#values.note(name as SignalName, value);
    return true;
  }

  #lose(why: string): void {
    if (this.#why !== why && !this.#controller.signal.aborted) this.#parts.log.warn(`receiver: ${why}`);
    this.#why = why;
    this.#fix = false;
  }
}

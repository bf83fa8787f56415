/** Makes events of what is measured, and trips of events: one beat after the other. */
import { randomUUID } from 'node:crypto';
import { formatTimestamp, parseTimestamp } from '@fleet/contract';
import type { GnssSource } from './gnss/gnss-source.ts';
import type { ObdSource } from './obd/obd-source.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { Clock, Log } from './ports.ts';
import type { TimeKeeper } from './time-keeper.ts';
import { plausible } from './trip/event-line.ts';
import { type Batch, besides } from './trip/fresh-values.ts';
import { type CurrentTrip, resumeTrip, stepTrip, type TripRules, type TripState } from './trip/trip-machine.ts';

export interface RecorderParts {
  readonly outbox: Outbox;
  readonly obd: Pick<ObdSource, 'sight' | 'take' | 'takeDtcs'> | undefined;
  readonly gnss: Pick<GnssSource, 'take' | 'speedKph'> | undefined;
  readonly time: TimeKeeper;
  readonly clock: Clock;
  readonly log: Log;
  /** Time between two events, milliseconds. */
  readonly sampleMs: number;
  readonly idleMs: number;
}

/** Values come on the beat; by then those of most cars are here. */
const PART_OF_BEAT = 0.8;

export class Recorder {
  readonly #parts: RecorderParts;
  readonly #rules: TripRules;
  #state: TripState = null;
  #vin: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    this.#rules = { idleMs: parts.idleMs, newId: randomUUID };
  }

  /** The trip that goes on. */
  get trip(): CurrentTrip | null {
    return this.#state;
  }

  /** Goes on with the trip that a power cut broke off, if it can't be over yet. */
  start(): void {
    const { outbox, clock, log } = this.#parts;
    const left = outbox.leftTrip();
    if (left !== undefined) {
      const resumed = { id: left.trip_id, lastSeq: left.seq, agoMs: this.#agoMs(left) };
      this.#state = resumeTrip(resumed, clock.monoMs(), this.#rules);
      if (this.#state !== null) log.info(`trip ${left.trip_id} goes on with event ${this.#state.nextSeq}`);
    }
    outbox.endTrips(this.#state?.id ?? null);
    outbox.onConflict = (tripId) => this.#leave(tripId);
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** What was measured goes into events, if there is a trip. */
  tick(): void {
    const { obd, gnss, time, clock } = this.#parts;
    time.hearSystem();
    const { answers = false, vin, ...sight } = obd?.sight() ?? {};
    const seen = { ...sight, monoMs: clock.monoMs(), carAnswers: answers, gpsSpeedKph: gnss?.speedKph() };
    const step = stepTrip(this.#state, seen, this.#rules);
    this.#state = step.state;
    if (step.ended !== null) this.#end(step.ended);
    const batches = besides(obd?.take() ?? [], gnss?.take() ?? []);
    if (step.began !== null) this.#begin(step.began, vin, batches[0]?.atMs ?? seen.monoMs);
    if (step.records) for (const batch of batches) this.#record(batch);
    this.#noteVin(vin);
  }

  #record({ atMs, values: measured }: Batch): void {
    const { outbox, obd, time } = this.#parts;
    const values = plausible(measured);
    if (Object.keys(values).length === 0) return;
    const { id: trip_id, nextSeq: seq } = this.#state as CurrentTrip;
    const dtcs = obd?.takeDtcs();
    const event = { trip_id, seq, mono_ms: atMs, ts_ms: time.utcAt(atMs), values, ...(dtcs && { dtcs }) };
    if (outbox.record(event)) this.#state = { ...(this.#state as CurrentTrip), nextSeq: seq + 1 };
  }

  #begin(trip_id: string, vin: string | undefined, atMs: number): void {
    const { outbox, time, log } = this.#parts;
    outbox.beginTrip({ trip_id, started_at: formatTimestamp(time.utcAt(atMs)), vin: vin ?? null });
    this.#vin = vin;
    log.info(`trip ${trip_id} begins`);
  }

  #end(tripId: string): void {
    this.#parts.outbox.endTrips(null);
    this.#parts.log.info(`trip ${tripId} is over`);
  }

  #noteVin(vin: string | undefined): void {
    if (vin === undefined || vin === this.#vin || this.#state === null) return;
    this.#vin = vin;
    this.#parts.outbox.noteVin(this.#state.id, vin);
  }

  /** Its seqs are taken on the server: what is driven on is another trip. */
  #leave(tripId: string): void {
    if (this.#state?.id !== tripId) return;
    this.#state = null;
    this.#end(tripId);
  }

  #agoMs(left: { readonly same_boot: number; readonly dated: number; readonly mono_ms: number; readonly ts: string }) {
    const { clock, time } = this.#parts;
    if (left.same_boot === 1) return clock.monoMs() - left.mono_ms;
    const ts = parseTimestamp(left.ts);
    return left.dated === 1 && time.known !== null && typeof ts === 'number' ? time.utcNow() - ts : null;
  }

  /** Beats keep to the monotonic clock: a late one shifts not those after it. */
  #arm(): void {
    const { clock, sampleMs } = this.#parts;
    const nowMs = clock.monoMs();
    const beat = Math.floor(nowMs / sampleMs - PART_OF_BEAT) + 1;
    this.#timer = setTimeout(
      () => {
        this.tick();
        this.#arm();
      },
      (beat + PART_OF_BEAT) * sampleMs - nowMs,
    );
  }
}

/** What the first stage gives to the next. */
import type { Measured } from './measured.ts';

/** An event whose form is right. Whose it may be, and when, is for the next stages. */
export class ValidEvent {
  /** The vehicle as the event names it: its VIN if given, else its vehicle id. May be an alias. */
  readonly claimed: string;
  /** Milliseconds since 1970. */
  readonly ts: number;
  /** The device's trip, in lower case. */
  readonly trip_id: string | undefined;
  readonly seq: number | undefined;
  readonly measured: Measured;
  readonly dtcs: readonly string[] | undefined;

  constructor({ claimed, ts, trip_id, seq, measured, dtcs }: ValidEvent) {
    this.claimed = claimed;
    this.ts = ts;
    this.trip_id = trip_id;
    this.seq = seq;
    this.measured = measured;
    this.dtcs = dtcs;
  }
}

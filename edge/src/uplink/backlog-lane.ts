/** Uploads what is not sent live, trip by trip, the oldest first; completes what ended. */
import { NotNowError, type OutboxTrip } from '../ports.ts';
import type { SeqRange } from '../trip/seq-set.ts';
import { Backoff } from './backoff.ts';
import { LinkError, type Session } from './link.ts';
import type { LaneParts } from './live-lane.ts';
import { TripUpload } from './trip-upload.ts';
import { vehicleOf } from './vehicle-of.ts';

export interface BacklogParts extends LaneParts {
  /** Of these seqs, those that are not sent live. */
  readonly notLive: (tripId: string, ranges: readonly SeqRange[]) => readonly SeqRange[];
}

/** Why what was tried did not go on, for people. */
export interface BacklogState {
  readonly why: string | null;
}

export class BacklogLane {
  readonly #parts: BacklogParts;
  readonly #backoff = new Backoff();
  #why: string | null = null;

  constructor(parts: BacklogParts) {
    this.#parts = parts;
  }

  get state(): BacklogState {
    return { why: this.#why };
  }

  async run(): Promise<void> {
    const { link, shipping, signal } = this.#parts;
    while (!signal.aborted) {
      try {
        if (!(await this.#pass(await link.ready()))) await shipping.changed(signal);
      } catch (error) {
        await this.#waitAfter(error);
      }
    }
  }

  async #waitAfter(error: unknown): Promise<void> {
    const { signal, pause } = this.#parts;
    if (signal.aborted) return;
    if (!(error instanceof NotNowError)) throw error;
    this.#why = error.message;
    await pause(this.#backoff.next(error instanceof LinkError ? error.retryAfterMs : 0), signal);
  }

  /** Goes through all trips once; whether there was anything to do. A trip that fails by itself holds up no other. */
  async #pass(session: Session): Promise<boolean> {
    const results: (boolean | NotNowError)[] = [];
    for (const trip of this.#parts.shipping.openTrips()) results.push(await this.#try(trip, session));
    const failure = results.find((result) => result instanceof NotNowError);
    if (failure !== undefined) throw failure;
    const worked = results.includes(true);
    if (worked) this.#noteProgress();
    return worked;
  }

  async #try(trip: OutboxTrip, session: Session): Promise<boolean | NotNowError> {
    const { link, signal } = this.#parts;
    try {
      return !signal.aborted && (await this.#advance(trip, session));
    } catch (error) {
      if (error instanceof NotNowError && link.state.open) return error;
      throw error;
    }
  }

  #noteProgress(): void {
    this.#why = null;
    this.#backoff.reset();
  }

  async #advance(trip: OutboxTrip, session: Session): Promise<boolean> {
    const { shipping, link, notLive, vehicle: setting } = this.#parts;
    const { trip_id } = trip;
    const unsent = shipping.unsent(trip_id);
    const ranges = notLive(trip_id, unsent);
    const isOver = trip.ended_at !== null && unsent.length === 0;
    if ((ranges.length === 0 && !isOver) || shipping.isUndated(trip_id)) return false;
    if (shipping.lastSeq(trip_id) === 0) return this.#drop(trip);
    const vehicle = vehicleOf(trip, session, setting);
    if (vehicle === undefined) return this.#hold();
    if (trip.vehicle === null) shipping.pinVehicle(trip_id, vehicle);
    const upload = new TripUpload({ ...trip, vehicle }, { link, shipping });
    if (ranges.length > 0) await upload.send(ranges);
    if (trip.ended_at !== null && shipping.unsent(trip_id).length === 0) await upload.complete();
    return true;
  }

  /** A trip without an event, once it ended, is nothing that a server could want. */
  #drop({ trip_id, ended_at }: OutboxTrip): boolean {
    if (ended_at !== null) this.#parts.shipping.complete(trip_id);
    return ended_at !== null;
  }

  #hold(): boolean {
    this.#why = 'nobody knows whose drives these are: set VEHICLE';
    return false;
  }
}

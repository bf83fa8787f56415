/**
 * The trip that a loose event is shown in, as far as this process knows without asking: from what it wrote lately and
 * what it last worked out. Whatever it answers leads to the right trip later, by the time in the id.
 */
import type { KeyedEvent } from '../../ports.ts';
import { deriveTrips, type EventTimes } from '../../trips/derive-trips.ts';
import { hull, overlaps, type Span, united, widen } from '../../trips/span.ts';
import { holds, type Trip } from '../../trips/trip.ts';
import { derivedTripId } from '../../trips/trip-id.ts';
import type { VehicleGroup } from '../../trips/vehicle-group.ts';

/** Stretches of a vehicle that are remembered of each kind. */
const MOST_REMEMBERED = 100;

interface Remembered {
  runs: readonly Span[];
  readonly deviceTrips: Map<string, Span>;
}

/** Between two events of a run any instant counts as an event. */
const ANY_TIME: EventTimes = { firstAtOrAfter: (ts) => ts, lastAtOrBefore: (ts) => ts };

export class TripGuess {
  readonly #idleMs: number;
  readonly #tripsOf: (vehicle: string) => readonly Trip[];
  readonly #remembered = new Map<string, Remembered>();

  /** `tripsOf` gives the trips of a vehicle as they were last worked out. */
  constructor(idleMs: number, tripsOf: (vehicle: string) => readonly Trip[]) {
    this.#idleMs = idleMs;
    this.#tripsOf = tripsOf;
  }

  /** Takes in events that were stored. */
  note(events: readonly KeyedEvent[]): void {
    const loose = new Map<string, Span[]>();
    for (const { vehicle, trip, ts } of events) {
      const now = { from: ts, to: ts };
      if (trip === null) loose.set(vehicle, [...(loose.get(vehicle) ?? []), now]);
      else {
        const { deviceTrips } = this.#of(vehicle);
        deviceTrips.set(trip, hull(deviceTrips.get(trip) ?? now, now));
        const [oldest] = deviceTrips.keys();
        if (deviceTrips.size > MOST_REMEMBERED && oldest !== undefined) deviceTrips.delete(oldest);
      }
    }
    for (const [vehicle, spans] of loose) {
      const own = this.#of(vehicle);
      own.runs = united([...own.runs, ...spans], this.#idleMs).slice(-MOST_REMEMBERED);
    }
  }

  /** Answers for the loose events of one call. */
  begin(): (group: VehicleGroup, ts: number) => string {
    const found = new Map<string, readonly Trip[]>();
    return ({ vehicle, combined }, ts) => {
      const holder = (trips: readonly Trip[]) => trips.find(({ parts }) => holds(parts, { trip: null, ts }))?.id;
      const id = holder(found.get(vehicle) ?? []);
      if (id !== undefined) return id;
      const trips = deriveTrips({ ...this.#evidence(vehicle, ts), corrections: combined });
      found.set(vehicle, trips);
      return holder(trips) ?? derivedTripId(vehicle, ts);
    };
  }

  /** What is known around a time. */
  #evidence(vehicle: string, ts: number) {
    const idleMs = this.#idleMs;
    const near = (reach: Span) => (span: Span) => overlaps(span, reach);
    const own = this.#of(vehicle);
    const trips = this.#tripsOf(vehicle).filter(near(widen({ from: ts, to: ts }, idleMs)));
    const parts = trips.flatMap((trip) => trip.parts);
    const runs = united([{ from: ts, to: ts }, ...own.runs, ...parts.filter(({ trip }) => trip === null)], idleMs);
    const deviceTrips = new Map(own.deviceTrips);
    for (const { trip, from, to } of parts) {
      if (trip !== null) deviceTrips.set(trip, hull(deviceTrips.get(trip) ?? { from, to }, { from, to }));
    }
    const run = runs.find(near({ from: ts, to: ts })) ?? { from: ts, to: ts };
    return {
      vehicle,
      idleMs,
      runs: [{ from: run.from, to: run.to }],
      deviceTrips: [...deviceTrips].map(([id, { from, to }]) => ({ id, from, to })).filter(near(widen(run, idleMs))),
      times: () => ANY_TIME,
    };
  }

  #of(vehicle: string): Remembered {
    const own = this.#remembered.get(vehicle) ?? { runs: [], deviceTrips: new Map() };
    this.#remembered.set(vehicle, own);
    return own;
  }
}

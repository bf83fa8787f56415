/**
 * The trip that a loose event is shown in, as far as this process knows without asking: from what it wrote lately and
 * what it last worked out. Whatever it answers leads to the right trip later, by the time in the id.
 */
import type { KeyedEvent } from '../../ports.ts';
import { deriveTrips, type EventTimes } from '../../trips/derive-trips.ts';
import { contains, hull, overlaps, type Span, united, widen } from '../../trips/span.ts';
import { holds, type Trip } from '../../trips/trip.ts';
import { derivedTripId } from '../../trips/trip-id.ts';
import type { VehicleGroup } from '../../trips/vehicle-group.ts';

/** Stretches of a vehicle that are remembered of each kind. */
const MOST_REMEMBERED = 100;

interface Remembered {
  /** In order, no two within the idle timeout of each other. */
  runs: { from: number; to: number }[];
  readonly deviceTrips: Map<string, Span>;
  answer: Answer | undefined;
}

/** The trip of the loose events of a run: it stays the same while the run goes on at its end, and nothing else changes. */
interface Answer {
  readonly id: string;
  /** The run's place among the runs. */
  readonly at: number;
  /** Before, what was worked out was not looked at, and from `until` on a device's trip may take events; ms since 1970. */
  readonly since: number;
  readonly until: number;
  /** What was last worked out, when the answer was found. */
  readonly trips: readonly Trip[];
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
    for (const { vehicle, trip, ts } of events) {
      const own = this.#of(vehicle);
      if (trip === null) this.#noteLoose(own, ts);
      else noteTrip(own, trip, ts);
    }
  }

  /** Answers for the loose events of one call. */
  begin(): (group: VehicleGroup, ts: number) => string {
    const found = new Map<string, readonly Trip[]>();
    return (group, ts) => {
      const { vehicle } = group;
      const answer = this.#answer(group, ts);
      if (answer !== undefined) return answer;
      const holder = (trips: readonly Trip[]) => trips.find(({ parts }) => holds(parts, { trip: null, ts }))?.id;
      const id = holder(found.get(vehicle) ?? []);
      if (id !== undefined) return id;
      const evidence = this.#evidence(vehicle, ts);
      const trips = deriveTrips({ ...evidence, corrections: group.combined });
      found.set(vehicle, trips);
      const own = holder(trips) ?? derivedTripId(vehicle, ts);
      if (evidence.deviceTrips.length === 0 && group.corrections.length === 0) this.#keep(vehicle, ts, own);
      return own;
    };
  }

  #noteLoose(own: Remembered, ts: number): void {
    const at = own.runs.findLastIndex(({ from }) => from <= ts);
    const run = own.runs[at];
    const next = own.runs[at + 1]?.from ?? Number.POSITIVE_INFINITY;
    if (run !== undefined && ts <= run.to) return;
    if (run !== undefined && ts - run.to <= this.#idleMs && next - ts > this.#idleMs) {
      run.to = ts;
      return;
    }
    own.runs = united([...own.runs, { from: ts, to: ts }], this.#idleMs)
      .slice(-MOST_REMEMBERED)
      .map(({ from, to }) => ({ from, to }));
    own.answer = undefined;
  }

  /** What was found out before, if it holds for this time. */
  #answer({ vehicle, corrections }: VehicleGroup, ts: number): string | undefined {
    const { runs, answer } = this.#of(vehicle);
    if (answer === undefined || corrections.length > 0 || ts < answer.since || ts >= answer.until) return undefined;
    const run = runs[answer.at];
    const isInRun = run !== undefined && contains(run, ts);
    return isInRun && answer.trips === this.#tripsOf(vehicle) ? answer.id : undefined;
  }

  /** Keeps the answer for a time that no device's trip is near. */
  #keep(vehicle: string, ts: number, id: string): void {
    const own = this.#of(vehicle);
    const trips = this.#tripsOf(vehicle);
    const at = own.runs.findIndex((run) => contains(run, ts));
    if (at < 0) return;
    const parts = trips.flatMap((trip) => trip.parts).filter(({ trip }) => trip !== null);
    const starts = [...own.deviceTrips.values(), ...parts].map(({ from }) => from).filter((from) => from > ts);
    own.answer = { id, at, since: ts, until: Math.min(...starts) - this.#idleMs, trips };
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
    const known = this.#remembered.get(vehicle);
    if (known !== undefined) return known;
    const own: Remembered = { runs: [], deviceTrips: new Map(), answer: undefined };
    this.#remembered.set(vehicle, own);
    return own;
  }
}

function noteTrip(own: Remembered, trip: string, ts: number): void {
  const now = { from: ts, to: ts };
  own.answer = undefined;
  own.deviceTrips.set(trip, hull(own.deviceTrips.get(trip) ?? now, now));
  const [oldest] = own.deviceTrips.keys();
  if (own.deviceTrips.size > MOST_REMEMBERED && oldest !== undefined) own.deviceTrips.delete(oldest);
}

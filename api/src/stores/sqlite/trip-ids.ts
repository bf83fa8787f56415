/** The trip that loose events are shown in at the moment of their commit, for the answer to their sender. */
import { deriveTrips } from '../../trips/derive-trips.ts';
import type { Span } from '../../trips/span.ts';
import { holds, type Trip } from '../../trips/trip.ts';
import { derivedTripId } from '../../trips/trip-id.ts';
import type { Containers } from './containers.ts';
import type { EvidenceReader } from './evidence-reader.ts';
import type { Database } from './open-database.ts';
import type { Runs } from './runs.ts';
import type { VehicleGroup } from './vehicle-groups.ts';

/** What the ids of trips are found with, all on the writer's connection. */
export interface TripIdsParts {
  readonly db: Database;
  readonly containers: Containers;
  readonly runs: Runs;
  readonly evidence: EvidenceReader;
  readonly idleMs: number;
  /** Brings the file up to date, for questions that are asked of it. */
  readonly catchUp: () => void;
}

/** Vehicles whose id is kept in memory; with more, all are worked out anew. */
const MOST_RUNS = 20_000;

export class TripIds {
  readonly #parts: TripIdsParts;
  readonly #nearDeviceTrip;
  /** The id of a vehicle's run that was last asked for, by where it begins. */
  readonly #runs = new Map<string, { readonly from: number; readonly id: string }>();

  constructor(parts: TripIdsParts) {
    this.#parts = parts;
    this.#nearDeviceTrip = parts.db
      .prepare('SELECT 1 FROM containers WHERE vehicle_id = ? AND loose = 0 AND last_ts >= ? AND first_ts <= ? LIMIT 1')
      .pluck();
  }

  /** Answers for the events of one commit, after they were written. */
  begin(): { of(group: VehicleGroup, ts: number): string } {
    const known = new Map<string, readonly Trip[]>();
    // Most events come one after the other in one run.
    let last: { readonly group: VehicleGroup; readonly run: Span; readonly id: string } | undefined;
    return {
      of: (group, ts) => {
        if (last?.group === group && last.run.from <= ts && ts <= last.run.to) return last.id;
        const run = this.#plainRun(group, ts);
        if (run !== undefined) {
          last = { group, run, id: this.#idOfRun(group.vehicle, run.from) };
          return last.id;
        }
        const place = { trip: null, ts };
        const inKnown = known.get(group.vehicle)?.find(({ parts }) => holds(parts, place));
        if (inKnown !== undefined) return inKnown.id;
        const trips = this.#tripsAround(group, ts);
        known.set(group.vehicle, trips);
        return trips.find(({ parts }) => holds(parts, place))?.id ?? derivedTripId(group.vehicle, ts);
      },
    };
  }

  /** The run of a loose event where a trip is nothing but a run: only loose events, one name, no corrections. */
  #plainRun({ vehicle, names, corrections }: VehicleGroup, ts: number): Span | undefined {
    const { containers, runs } = this.#parts;
    if (names.length > 1 || corrections.length > 0) return undefined;
    const id = containers.vehicleId(vehicle);
    return id === undefined || containers.hasTrips(id) ? undefined : runs.at(id, ts);
  }

  #idOfRun(vehicle: string, from: number): string {
    const known = this.#runs.get(vehicle);
    if (known?.from === from) return known.id;
    if (this.#runs.size >= MOST_RUNS) this.#runs.clear();
    const id = derivedTripId(vehicle, from);
    this.#runs.set(vehicle, { from, id });
    return id;
  }

  /** Where only loose events under one name are about, a trip is a run; else it is worked out as for a list. */
  #tripsAround(group: VehicleGroup, ts: number): readonly Trip[] {
    const { containers, runs, evidence, idleMs, catchUp } = this.#parts;
    const ids = evidence.idsOf(group);
    for (const id of ids) containers.catchUpTrips(id);
    const [id, ...others] = ids;
    const run = id === undefined || others.length > 0 || isCorrected(group) ? undefined : runs.at(id, ts);
    if (run !== undefined && this.#nearDeviceTrip.get(id, run.from - idleMs, run.to + idleMs) === undefined) {
      return [{ ...run, id: derivedTripId(group.vehicle, run.from), parts: [{ trip: null, ...run }] }];
    }
    catchUp();
    evidence.forget();
    return deriveTrips(evidence.gather(group, { from: ts, to: ts }, () => []).evidence);
  }
}

function isCorrected({ corrections }: VehicleGroup): boolean {
  return corrections.length > 0;
}

/** The trip that loose events are shown in at the moment of their commit, for the answer to their sender. */
import { deriveTrips } from '../../trips/derive-trips.ts';
import { holds, type Trip } from '../../trips/trip.ts';
import { derivedTripId } from '../../trips/trip-id.ts';
import type { EvidenceReader } from './evidence-reader.ts';
import type { Database } from './open-database.ts';
import type { Runs } from './runs.ts';
import type { VehicleGroup } from './vehicle-groups.ts';

export class TripIds {
  readonly #runs: Runs;
  readonly #evidence: EvidenceReader;
  readonly #idleMs: number;
  readonly #nearDeviceTrip;

  constructor(db: Database, runs: Runs, evidence: EvidenceReader, idleMs: number) {
    this.#runs = runs;
    this.#evidence = evidence;
    this.#idleMs = idleMs;
    this.#nearDeviceTrip = db
      .prepare('SELECT 1 FROM containers WHERE vehicle_id = ? AND loose = 0 AND last_ts >= ? AND first_ts <= ? LIMIT 1')
      .pluck();
  }

  /** Answers for the events of one commit, after they were written. */
  begin(): { of(group: VehicleGroup, ts: number): string } {
    const known = new Map<string, readonly Trip[]>();
    return {
      of: (group, ts) => {
        const place = { trip: null, ts };
        const inKnown = known.get(group.vehicle)?.find(({ parts }) => holds(parts, place));
        if (inKnown !== undefined) return inKnown.id;
        const trips = this.#tripsAround(group, ts);
        known.set(group.vehicle, trips);
        return trips.find(({ parts }) => holds(parts, place))?.id ?? derivedTripId(group.vehicle, ts);
      },
    };
  }

  /** Where only loose events under one name are about, a trip is a run; else it is worked out as for a list. */
  #tripsAround(group: VehicleGroup, ts: number): readonly Trip[] {
    const [id, ...others] = this.#evidence.idsOf(group);
    const run = id === undefined || others.length > 0 || isCorrected(group) ? undefined : this.#runs.at(id, ts);
    if (
      run !== undefined &&
      this.#nearDeviceTrip.get(id, run.from - this.#idleMs, run.to + this.#idleMs) === undefined
    ) {
      return [{ ...run, id: derivedTripId(group.vehicle, run.from), parts: [{ trip: null, ...run }] }];
    }
    return deriveTrips(this.#evidence.gather(group, { from: ts, to: ts }, () => []).evidence);
  }
}

function isCorrected({ corrections }: VehicleGroup): boolean {
  return corrections.length > 0;
}

/** Collects what trips of a vehicle around some time are made from. */
import type { DeviceTrip, EventTimes, Evidence } from '../../trips/derive-trips.ts';
import { byStart, hull, overlaps, type Span, subtract, united, widen } from '../../trips/span.ts';
import { DEVICE_TRIPS, FarthestEnd } from './farthest-end.ts';
import type { Database } from './open-database.ts';
import type { VehicleGroup } from './vehicle-groups.ts';
import { VehicleIds } from './vehicle-ids.ts';

/** The times of events, from whatever reads them. */
export interface TimesReader {
  /** All times of containers, ascending. */
  timesOf(containers: readonly number[]): readonly number[];
}

interface SpanRow {
  readonly first_ts: number;
  readonly last_ts: number;
}

interface ContainerRow extends SpanRow {
  readonly id: number;
  readonly name: string;
}

export class EvidenceReader {
  readonly #db: Database;
  readonly #idleMs: number;
  readonly #reader: TimesReader;
  readonly #vehicleIds: VehicleIds;
  readonly #farthest: FarthestEnd;
  readonly #sql;

  constructor(db: Database, idleMs: number, reader: TimesReader) {
    this.#db = db;
    this.#idleMs = idleMs;
    this.#reader = reader;
    this.#vehicleIds = new VehicleIds(db);
    this.#farthest = new FarthestEnd(db, DEVICE_TRIPS);
    this.#sql = {
      runBefore: db.prepare(
        'SELECT first_ts, last_ts FROM runs WHERE vehicle_id = ? AND first_ts <= ? ORDER BY first_ts DESC LIMIT 1',
      ),
      runs: db.prepare('SELECT first_ts, last_ts FROM runs WHERE vehicle_id = ? AND first_ts > ? AND first_ts <= ?'),
      deviceTrips: db.prepare(
        'SELECT id, name, first_ts, last_ts FROM containers WHERE vehicle_id = ? AND loose = 0 AND last_ts BETWEEN ? AND ? AND first_ts <= ?',
      ),
      container: db.prepare('SELECT id, name, first_ts, last_ts FROM containers WHERE vehicle_id = ? AND name = ?'),
      looseAfter: db
        .prepare(
          `SELECT (SELECT min(seq) FROM events WHERE container = containers.id AND seq >= ?) AS ts
           FROM containers WHERE vehicle_id = ? AND loose = 1 AND last_ts >= ? AND ts IS NOT NULL ORDER BY last_ts LIMIT 1`,
        )
        .pluck(),
      looseBefore: db
        .prepare(
          `SELECT (SELECT max(seq) FROM events WHERE container = containers.id AND seq <= ?) AS ts
           FROM containers WHERE vehicle_id = ? AND loose = 1 AND first_ts <= ? AND ts IS NOT NULL
           ORDER BY last_ts DESC LIMIT 1`,
        )
        .pluck(),
    };
  }

  /** The file may have changed. */
  forget(): void {
    this.#farthest.forget();
  }

  /** The numbers of all names of a vehicle that have or had events. */
  idsOf(group: VehicleGroup): number[] {
    return this.#vehicleIds.ofAll(group);
  }

  /**
   * What a vehicle's trips around `seed` are made from, and the window that it covers: no trip crosses the window's
   * ends. `near` may add spans that belong into it, by each stretch that the window has grown by: a chain of thousands of
   * trips is walked along, not looked at anew from its beginning for each link.
   */
  gather(
    group: VehicleGroup,
    seed: Span,
    near: (stretch: Span) => readonly Span[],
  ): { window: Span; evidence: Evidence } {
    const ids = this.idsOf(group);
    const runs = new Map<string, Span>();
    const deviceTrips = new Map<string, DeviceTrip>();
    let window = widen(seed, this.#idleMs);
    for (let unseen: readonly Span[] = [window]; unseen.length > 0; ) {
      let wider = window;
      for (const stretch of unseen) {
        const found = ids.flatMap((id) => this.#runs(id, stretch).map((run) => [`${id} ${run.from}`, run] as const));
        for (const [key, run] of found) runs.set(key, run);
        const trips = this.#deviceTrips(ids, stretch);
        for (const trip of trips) deviceTrips.set(trip.id, trip);
        // Runs under different names of the vehicle may turn out to be one.
        const reaches = found.map(([, run]) => (ids.length === 1 ? run : widen(run, this.#idleMs)));
        const merges = group.combined.merges.filter((merge) => overlaps(merge, stretch));
        const all = [...reaches, ...trips.map((trip) => widen(trip, this.#idleMs)), ...merges, ...near(stretch)];
        wider = all.reduce<Span>(hull, wider);
      }
      unseen = subtract(wider, [window]);
      window = wider;
    }
    const spans = united([...runs.values()], this.#idleMs);
    return { window, evidence: this.#evidence(group, ids, spans, [...deviceTrips.values()].sort(byStart)) };
  }

  #evidence(group: VehicleGroup, ids: readonly number[], runs: readonly Span[], deviceTrips: DeviceTrip[]): Evidence {
    const times = new Map<string, EventTimes>();
    return {
      vehicle: group.vehicle,
      idleMs: this.#idleMs,
      runs,
      deviceTrips,
      corrections: group.combined,
      times: (trip) => {
        if (trip === null) return this.#looseTimes(ids);
        const known = times.get(trip) ?? this.#deviceTimes(ids, trip);
        times.set(trip, known);
        return known;
      },
    };
  }

  #runs(vehicleId: number, window: Span): Span[] {
    const before = this.#sql.runBefore.get(vehicleId, window.from) as SpanRow | undefined;
    const within = this.#sql.runs.all(vehicleId, window.from, window.to) as SpanRow[];
    return [...(before && before.last_ts >= window.from ? [before] : []), ...within].map(toSpan);
  }

  /** Device's trips whose reach overlaps a window; the same id under two names of the vehicle is one trip. */
  #deviceTrips(ids: readonly number[], window: Span): DeviceTrip[] {
    const { from, to } = widen(window, this.#idleMs);
    const [id, ...others] = ids;
    const rows =
      id !== undefined && others.length === 0
        ? this.#sql.deviceTrips.all(id, from, this.#farthest.of(id, { from, to }), to)
        : this.#unitedDeviceTrips(ids).all(from, to);
    return (rows as ContainerRow[]).map((row) => ({ id: row.name, ...toSpan(row) }));
  }

  /** A trip may lie partly under one name, partly under another: only all of its stretches say how far it reaches. */
  #unitedDeviceTrips(ids: readonly number[]) {
    return this.#db.prepare(
      `SELECT name, min(first_ts) AS first_ts, max(last_ts) AS last_ts FROM containers
       WHERE vehicle_id IN (${ids.join()}) AND loose = 0 GROUP BY name HAVING max(last_ts) >= ? AND min(first_ts) <= ?`,
    );
  }

  #containers(ids: readonly number[], name: string): ContainerRow[] {
    return ids.map((id) => this.#sql.container.get(id, name)).filter((row) => row !== undefined) as ContainerRow[];
  }

  #looseTimes(ids: readonly number[]): EventTimes {
    return {
      firstAtOrAfter: (ts) => least(ids.map((id) => this.#sql.looseAfter.get(ts, id, ts) as number | undefined)),
      lastAtOrBefore: (ts) => greatest(ids.map((id) => this.#sql.looseBefore.get(ts, id, ts) as number | undefined)),
    };
  }

  #deviceTimes(ids: readonly number[], trip: string): EventTimes {
    const times = this.#reader.timesOf(this.#containers(ids, trip).map(({ id }) => id));
    return {
      firstAtOrAfter: (ts) => times.find((time) => time >= ts),
      lastAtOrBefore: (ts) => times.findLast((time) => time <= ts),
    };
  }
}

function toSpan({ first_ts, last_ts }: SpanRow): Span {
  return { from: first_ts, to: last_ts };
}

function least(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function greatest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

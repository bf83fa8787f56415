/**
 * Sees to it that trips show what was written before anyone asks, whoever wrote it: looks for marks, reads the containers
 * that were touched, works out the trips of the vehicles that were asked for. What it keeps in memory can be read again.
 */

import { KeyedLock } from '../../ingest/keyed-lock.ts';
import type { TripTotals } from '../../trips/totals.ts';
import type { VehicleGroups } from '../../trips/vehicle-group.ts';
import type { InfluxClient } from './client.ts';
import { Containers } from './containers.ts';
import { EventReader } from './event-reader.ts';
import type { Groups } from './groups.ts';
import type { LiveFolds } from './live-folds.ts';
import { type SavedTrip, Summaries } from './summaries.ts';
import { stampOf } from './summary-lines.ts';
import type { Touches } from './touches.ts';
import { makeTrips, type VehicleView } from './trip-maker.ts';
import { type Touched, Watch } from './watch.ts';

/** Vehicles that are worked out at the same time. */
const AT_ONCE = 4;
/** How often it is looked unasked, and what was worked out is saved, milliseconds. */
const EVERY_MS = 30_000;

export interface SettlerParts {
  readonly client: InfluxClient;
  readonly groups: Groups;
  /** Tells the marks of this process. */
  readonly touches: Touches;
  /** The longest gap inside a trip of loose events, milliseconds. */
  readonly idleMs: number;
}

export class Settler {
  readonly reader: EventReader;
  readonly #groups: Groups;
  readonly #idleMs: number;
  readonly #client: InfluxClient;
  readonly #touches: Touches;
  readonly #containers: Containers;
  readonly #summaries: Summaries;
  readonly #lock = new KeyedLock();
  readonly #timer: NodeJS.Timeout;
  #views = new Map<string, VehicleView>();
  readonly #revisions = new Map<string, number>();
  #revision = 0;
  #watch: Watch | undefined;
  #looking: Promise<VehicleGroups> | undefined;
  #nextLook: Promise<VehicleGroups> | undefined;
  #savedTotals: ReadonlyMap<string, TripTotals> = new Map();
  #savedTrips = new Map<string, SavedTrip>();
  #savedRevision = -1;

  constructor({ client, groups, touches, idleMs }: SettlerParts) {
    this.reader = new EventReader(client);
    this.#client = client;
    this.#touches = touches;
    this.#groups = groups;
    this.#idleMs = idleMs;
    this.#containers = new Containers(this.reader, idleMs);
    this.#summaries = new Summaries(client, idleMs);
    this.#timer = setInterval(() => void this.summarize().catch(() => {}), EVERY_MS).unref();
  }

  /** What hears of events that this process stored. */
  get live(): LiveFolds {
    return this.#containers.live;
  }

  /** These vehicles (one names), or all, as they are with everything that was written before the call; by name. */
  async settle(vehicles?: readonly string[]): Promise<VehicleView[]> {
    const groups = await this.#look();
    const all = [...new Set([...this.#containers.names].map((name) => groups.oneName(name)))].sort();
    const wanted = vehicles === undefined ? all : all.filter((vehicle) => vehicles.includes(vehicle));
    const views = new Map<string, VehicleView>();
    const waiting = wanted.values();
    const lane = async () => {
      for (const vehicle of waiting) views.set(vehicle, await this.#settleOne(groups, vehicle));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
    return wanted.map((vehicle) => views.get(vehicle) as VehicleView);
  }

  /** A number for each vehicle, another one whenever its events or trips may have changed. */
  async revisions(): Promise<ReadonlyMap<string, number>> {
    const views = await this.settle();
    return new Map(views.map(({ group: { vehicle } }) => [vehicle, this.#revisions.get(vehicle) ?? 0]));
  }

  /** What is known of a vehicle without asking anyone. */
  viewOf(vehicle: string): VehicleView | undefined {
    return this.#views.get(vehicle);
  }

  /** Works out what was touched since a time, and saves it; everything that changed if no time is given. */
  async summarize(since?: number): Promise<void> {
    await this.#lock.hold('', async () => {
      if (since !== undefined) {
        await this.#look();
        await this.#takeIn(await new Watch(this.#client, since).look());
      }
      const horizon = Watch.horizon();
      const views = await this.settle();
      if (since === undefined && this.#revision === this.#savedRevision) return;
      const revision = this.#revision;
      await this.#save(views);
      this.#savedRevision = revision;
      await this.#summaries.noteSettled(horizon);
    });
  }

  /** Stops looking, and saves what it can. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.summarize().catch(() => {});
  }

  /** Looks once for all who ask meanwhile; whoever asks during a look waits for the next. */
  #look(): Promise<VehicleGroups> {
    if (this.#looking === undefined) {
      this.#looking = this.#lookNow().finally(() => {
        this.#looking = undefined;
      });
      return this.#looking;
    }
    this.#nextLook ??= this.#looking.then(
      () => this.#lookAgain(),
      () => this.#lookAgain(),
    );
    return this.#nextLook;
  }

  #lookAgain(): Promise<VehicleGroups> {
    this.#nextLook = undefined;
    return this.#look();
  }

  async #lookNow(): Promise<VehicleGroups> {
    this.#watch ??= await this.#begin();
    // A mark is told once: what a look finds is taken in, whatever becomes of the rest.
    const taken = this.#watch.look().then((touched) => this.#takeIn(touched));
    const [groups, looked] = await Promise.allSettled([this.#groups.now(), taken]);
    if (looked.status === 'rejected') throw looked.reason;
    this.#containers.isComplete = true;
    if (groups.status === 'rejected') throw groups.reason;
    return groups.value;
  }

  /** What was touched is to be read again, with the custom signals that it has now. */
  async #takeIn(touched: readonly Touched[]): Promise<void> {
    if (touched.length === 0) return;
    const looked = this.reader.lookForCustom();
    for (const container of touched) this.#containers.invalidate(container);
    await looked.catch(() => {});
  }

  async #begin(): Promise<Watch> {
    const { containers, outdated, totals, trips, since } = await this.#summaries.load();
    for (const container of containers) this.#containers.put(container);
    for (const container of outdated) this.#containers.invalidate({ ...container, first_ts: 0, isOwn: false });
    this.#savedTotals = totals;
    this.#savedTrips = new Map(trips.map((trip) => [placeOf(trip), trip]));
    return new Watch(this.#client, since, (...mark) => this.#touches.isOwn(...mark));
  }

  async #settleOne(groups: VehicleGroups, vehicle: string): Promise<VehicleView> {
    return this.#lock.hold(vehicle, async () => {
      const group = groups.of(vehicle);
      const before = this.#views.get(vehicle);
      if (before?.group === group && !this.#containers.isStale(group.names)) return before;
      const fresh = await this.#containers.refresh(group.names);
      const known = (basis: string) => fresh.get(basis) ?? before?.totals.get(basis) ?? this.#savedTotals.get(basis);
      const segments = this.#containers.segmentsOf(group.names);
      const parts = { reader: this.reader, idleMs: this.#idleMs, known };
      const view = await makeTrips(group, segments, before, parts).catch((error) => {
        // What was read anew is stale no more, and the view is behind it.
        this.#views.delete(vehicle);
        throw error;
      });
      this.#views.set(vehicle, view);
      if (!isSame(before, view)) this.#revisions.set(vehicle, ++this.#revision);
      return view;
    });
  }

  async #save(views: readonly VehicleView[]): Promise<void> {
    const { containers, putBack } = this.#containers.takeUnsaved();
    const trips = views.flatMap((view) => view.trips);
    const now = new Map(
      trips.map((trip) => {
        const { vehicle, trip_id, from } = trip.listed;
        const saved = { vehicle, trip_id, from, stamp: stampOf(trip) };
        return [placeOf(saved), { trip, saved }] as const;
      }),
    );
    const changed = [...now].filter(([place, { saved }]) => this.#savedTrips.get(place)?.stamp !== saved.stamp);
    const gone = [...this.#savedTrips].filter(([place]) => !now.has(place)).map(([, saved]) => saved);
    try {
      await this.#summaries.save(
        containers,
        changed.map(([, { trip }]) => trip),
        gone,
        views,
      );
    } catch (error) {
      putBack();
      throw error;
    }
    this.#savedTrips = new Map([...now].map(([place, { saved }]) => [place, saved]));
    this.#savedTotals = new Map();
  }
}

/** Whether nothing changed: stretches are told by all that they follow from. */
function isSame(before: VehicleView | undefined, { group, stretches }: VehicleView): boolean {
  if (before?.group !== group || before.stretches.size !== stretches.size) return false;
  return [...stretches.keys()].every((key) => before.stretches.has(key));
}

/** A trip's point, by its tags and time. */
function placeOf({ vehicle, trip_id, from }: Omit<SavedTrip, 'stamp'>): string {
  return `${vehicle} ${trip_id} ${from}`;
}

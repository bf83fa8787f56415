/** What this process knows of every container, and which must be read again. Only a cache of what can be read. */
import { KeyedLock } from '../../ingest/keyed-lock.ts';
import type { EventRow } from '../../ports.ts';
import type { TripTotals } from '../../trips/totals.ts';
import { Checkpoints } from './checkpoints.ts';
import type { Container, PlacedSegment } from './container.ts';
import { containerOf as containerNameOf, tripOfContainer } from './event-line.ts';
import type { EventReader } from './event-reader.ts';
import { LiveFolds, type Made, type Place } from './live-folds.ts';
import type { Touched } from './watch.ts';

export class Containers {
  /** Those that only this process writes to. */
  readonly live: LiveFolds;
  /** Whether every container that there was is known, or stale. */
  isComplete = false;
  readonly #reader: EventReader;
  readonly #checkpoints: Checkpoints;
  readonly #lock = new KeyedLock();
  /** By the vehicle's name at that time, then by the container's. */
  readonly #known = new Map<string, Map<string, Container>>();
  /** By both names: events from which time on may be others. */
  readonly #stale = new Map<string, Map<string, number>>();
  /** Those that changed since they were last saved. */
  #unsaved = new Map<string, Container>();

  constructor(reader: EventReader, idleMs: number) {
    this.#reader = reader;
    this.#checkpoints = new Checkpoints(idleMs);
    this.live = new LiveFolds(idleMs, {
      isNew: ({ vehicle, container }) =>
        this.isComplete && !this.#known.get(vehicle)?.has(container) && !this.#stale.get(vehicle)?.has(container),
      onCustom: (vehicle) => reader.noteCustom(vehicle),
    });
  }

  /** Takes over what somebody worked out. */
  put(container: Container): void {
    const { vehicle, container: name, segments } = container;
    const own = this.#known.get(vehicle) ?? new Map<string, Container>();
    this.#known.set(vehicle, own);
    if (segments.length > 0) own.set(name, container);
    else own.delete(name);
  }

  /** Its events may be others now, from a time on. */
  invalidate({ vehicle, container, first_ts, isOwn }: Touched): void {
    if (!isOwn) this.live.drop({ vehicle, container });
    const own = this.#stale.get(vehicle) ?? new Map<string, number>();
    this.#stale.set(vehicle, own.set(container, Math.min(first_ts, own.get(container) ?? first_ts)));
  }

  /** Every name under which there are, or may be, events. */
  get names(): ReadonlySet<string> {
    return new Set([...this.#known.keys(), ...this.#stale.keys()]);
  }

  isStale(names: readonly string[]): boolean {
    return names.some((name) => (this.#stale.get(name)?.size ?? 0) > 0);
  }

  /** Reads what is stale under these names; the totals of the segments by their digests. */
  async refresh(names: readonly string[]): Promise<Map<string, TripTotals>> {
    const totals = new Map<string, TripTotals>();
    // Vehicles may become one meanwhile: then two would read the same containers.
    for (const vehicle of names) await this.#lock.hold(vehicle, () => this.#refreshName(vehicle, totals));
    return totals;
  }

  async #refreshName(vehicle: string, totals: Map<string, TripTotals>): Promise<void> {
    const stale = [...(this.#stale.get(vehicle) ?? [])];
    const left = stale.filter(([container]) => !this.#takeLive({ vehicle, container }, totals));
    for (const part of partsOf(left)) await this.#refresh(vehicle, part, totals);
  }

  /** All segments under these names. */
  segmentsOf(names: readonly string[]): PlacedSegment[] {
    return names.flatMap((name) => [...(this.#known.get(name)?.values() ?? [])]).flatMap(placed);
  }

  /** What is to be saved; `putBack` where that fails. */
  takeUnsaved(): { readonly containers: readonly Container[]; putBack(): void } {
    const taken = this.#unsaved;
    this.#unsaved = new Map();
    const putBack = () => {
      this.#unsaved = new Map([...taken, ...this.#unsaved]);
    };
    return { containers: [...taken.values()], putBack };
  }

  /** Takes over what is known of a container without reading it; whether that is all. */
  #takeLive(place: Place, totals: Map<string, TripTotals>): boolean {
    const made = this.live.take(place);
    if (made === undefined) return false;
    this.#stale.get(place.vehicle)?.delete(place.container);
    this.#takeIn(containerOf(place, made, totals));
    return true;
  }

  /** Takes over what came out anew. */
  #takeIn(container: Container): void {
    this.put(container);
    this.#unsaved.set(`${container.vehicle} ${container.container}`, container);
  }

  async #refresh(vehicle: string, stale: readonly Stale[], totals: Map<string, TripTotals>): Promise<void> {
    for (const [container] of stale) this.#stale.get(vehicle)?.delete(container);
    try {
      for (const read of await this.#read(vehicle, stale, totals)) this.#takeIn(read);
    } catch (error) {
      for (const [container, first_ts] of stale) this.invalidate({ vehicle, container, first_ts, isOwn: false });
      throw error;
    }
  }

  /** Reads containers of a vehicle together, since a question costs more than the events of a short trip. */
  async #read(vehicle: string, stale: readonly Stale[], totals: Map<string, TripTotals>): Promise<Container[]> {
    const readings = new Map(
      stale.map(([container, first_ts]) => [container, this.#checkpoints.resume(`${vehicle} ${container}`, first_ts)]),
    );
    for (const container of readings.keys()) this.live.beginReading({ vehicle, container });
    const from = Math.min(...[...readings.values()].map((reading) => reading.from));
    const scope = { names: [vehicle], containers: [...readings.keys()], from, to: Number.MAX_SAFE_INTEGER };
    for await (const rows of this.#reader.pages(scope)) {
      for (const [container, own] of byContainer(rows)) {
        const reading = readings.get(container);
        reading?.add(own.filter(({ ts }) => ts >= reading.from));
      }
    }
    return [...readings].map(([container, reading]) => {
      const fold = reading.end();
      this.live.adopt({ vehicle, container }, fold.copy());
      return containerOf({ vehicle, container }, fold.end(), totals);
    });
  }
}

/** A container's name, and from which time on its events may be others. */
type Stale = readonly [container: string, first_ts: number];

/** Containers that are read together. */
const TOGETHER = 50;

function partsOf(stale: readonly Stale[]): (readonly Stale[])[] {
  const count = Math.ceil(stale.length / TOGETHER);
  return Array.from({ length: count }, (_, part) => stale.slice(part * TOGETHER, (part + 1) * TOGETHER));
}

/** What was made of a container's events; the totals of its segments go with the others, by their digests. */
function containerOf(place: Place, made: Made, totals: Map<string, TripTotals>): Container {
  for (const { segment, totals: own } of made) totals.set(segment.digest, own);
  return { ...place, segments: made.map(({ segment }) => segment) };
}

function byContainer(rows: readonly EventRow[]): Map<string, EventRow[]> {
  const containers = new Map<string, EventRow[]>();
  for (const row of rows) {
    const container = containerNameOf(row);
    const own = containers.get(container);
    if (own === undefined) containers.set(container, [row]);
    else own.push(row);
  }
  return containers;
}

function placed({ vehicle, container, segments }: Container): PlacedSegment[] {
  const trip = tripOfContainer(container);
  return segments.map((segment) => ({ ...segment, vehicle, container, trip }));
}

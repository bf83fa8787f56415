/** What this process knows of every container, and which must be read again. Only a cache of what can be read. */
import type { TripTotals } from '../../trips/totals.ts';
import { type Container, type PlacedSegment, SegmentFold } from './container.ts';
import { tripOfContainer } from './event-line.ts';
import type { EventReader } from './event-reader.ts';
import type { Touched } from './watch.ts';

export class Containers {
  readonly #reader: EventReader;
  readonly #idleMs: number;
  /** By the vehicle's name at that time, then by the container's. */
  readonly #known = new Map<string, Map<string, Container>>();
  readonly #stale = new Map<string, Set<string>>();
  /** Those that changed since they were last saved. */
  #unsaved = new Map<string, Container>();

  constructor(reader: EventReader, idleMs: number) {
    this.#reader = reader;
    this.#idleMs = idleMs;
  }

  /** Takes over what somebody worked out. */
  put(container: Container): void {
    const { vehicle, container: name, segments } = container;
    const own = this.#known.get(vehicle) ?? new Map<string, Container>();
    this.#known.set(vehicle, own);
    if (segments.length > 0) own.set(name, container);
    else own.delete(name);
  }

  /** Its events may be others now. */
  invalidate({ vehicle, container }: Touched): void {
    const own = this.#stale.get(vehicle) ?? new Set<string>();
    this.#stale.set(vehicle, own.add(container));
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
    for (const vehicle of names) {
      const stale = this.#stale.get(vehicle) ?? new Set<string>();
      for (const container of [...stale]) {
        stale.delete(container);
        try {
          const read = await this.#read({ vehicle, container }, totals);
          this.put(read);
          this.#unsaved.set(`${vehicle} ${container}`, read);
        } catch (error) {
          stale.add(container);
          throw error;
        }
      }
    }
    return totals;
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

  async #read({ vehicle, container }: Touched, totals: Map<string, TripTotals>): Promise<Container> {
    const fold = new SegmentFold(this.#idleMs);
    const everything = { names: [vehicle], containers: [container], from: 0, to: Number.MAX_SAFE_INTEGER };
    for await (const rows of this.#reader.pages(everything)) for (const row of rows) fold.add(row);
    const made = fold.end();
    for (const { segment, totals: own } of made) totals.set(segment.digest, own);
    return { vehicle, container, segments: made.map(({ segment }) => segment) };
  }
}

function placed({ vehicle, container, segments }: Container): PlacedSegment[] {
  const trip = tripOfContainer(container);
  return segments.map((segment) => ({ ...segment, vehicle, container, trip }));
}

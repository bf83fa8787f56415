/** What this process knows of every container, and which must be read again. Only a cache of what can be read. */
import type { TripTotals } from '../../trips/totals.ts';
import { Checkpoints } from './checkpoints.ts';
import type { Container, PlacedSegment } from './container.ts';
import { tripOfContainer } from './event-line.ts';
import type { EventReader } from './event-reader.ts';
import type { Touched } from './watch.ts';

export class Containers {
  readonly #reader: EventReader;
  readonly #checkpoints: Checkpoints;
  /** By the vehicle's name at that time, then by the container's. */
  readonly #known = new Map<string, Map<string, Container>>();
  /** By both names: events from which time on may be others. */
  readonly #stale = new Map<string, Map<string, number>>();
  /** Those that changed since they were last saved. */
  #unsaved = new Map<string, Container>();

  constructor(reader: EventReader, idleMs: number) {
    this.#reader = reader;
    this.#checkpoints = new Checkpoints(idleMs);
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
  invalidate({ vehicle, container, first_ts }: Touched): void {
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
    for (const vehicle of names) {
      const stale = this.#stale.get(vehicle) ?? new Map<string, number>();
      for (const [container, first_ts] of [...stale]) {
        stale.delete(container);
        try {
          const read = await this.#read({ vehicle, container, first_ts }, totals);
          this.put(read);
          this.#unsaved.set(`${vehicle} ${container}`, read);
        } catch (error) {
          this.invalidate({ vehicle, container, first_ts });
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

  async #read({ vehicle, container, first_ts }: Touched, totals: Map<string, TripTotals>): Promise<Container> {
    const reading = this.#checkpoints.resume(`${vehicle} ${container}`, first_ts);
    const scope = { names: [vehicle], containers: [container], from: reading.from, to: Number.MAX_SAFE_INTEGER };
    for await (const rows of this.#reader.pages(scope)) reading.add(rows);
    const made = reading.end();
    for (const { segment, totals: own } of made) totals.set(segment.digest, own);
    return { vehicle, container, segments: made.map(({ segment }) => segment) };
  }
}

function placed({ vehicle, container, segments }: Container): PlacedSegment[] {
  const trip = tripOfContainer(container);
  return segments.map((segment) => ({ ...segment, vehicle, container, trip }));
}

/**
 * What was worked out, in the meta bucket, so that a process that starts need not read all events, and dashboards have
 * trips to list. Points `container` (segments, at a fixed time) and `trip` (at its start; `gone` where it is none any
 * more); `settled` says up to which marks containers were read. `listed` and `vehicle` are for dashboards.
 */
import type { Span } from '../../trips/span.ts';
import type { TripTotals } from '../../trips/totals.ts';
import type { InfluxClient } from './client.ts';
import type { Container, Segment } from './container.ts';
import type { Row } from './csv.ts';
import { containerTags } from './event-line.ts';
import { literal } from './influxql.ts';
import { jsonFields, jsonIn, milliseconds } from './line-protocol.ts';
import { goneLines, goneVehicleLine, tripLines, vehicleLine } from './summary-lines.ts';
import type { MadeTrip, VehicleView } from './trip-maker.ts';

/** Lines that are written at once. */
const LINES_AT_ONCE = 1_000;

/** What a process begins with. */
export interface SavedSummaries {
  /** Those read with another idle timeout have no segments. */
  readonly containers: readonly Container[];
  readonly outdated: readonly Container[];
  /** By what they are made from. */
  readonly totals: ReadonlyMap<string, TripTotals>;
  readonly trips: readonly SavedTrip[];
  /** Marks from then on may not be in the containers yet, milliseconds since 1970. */
  readonly since: number;
}

/** A trip as it was saved. */
export interface SavedTrip {
  readonly vehicle: string;
  readonly trip_id: string;
  readonly from: number;
  /** Tells whether it would be saved as it is. */
  readonly stamp: string;
}

type SegmentTuple = readonly [from: number, to: number, count: number, digest: string];

export class Summaries {
  readonly #client: InfluxClient;
  readonly #idleMs: number;
  /** Vehicles that have a point, as they were last saved. */
  #vehicles: ReadonlyMap<string, VehicleView | undefined> = new Map();

  constructor(client: InfluxClient, idleMs: number) {
    this.#client = client;
    this.#idleMs = idleMs;
  }

  async load(): Promise<SavedSummaries> {
    // First: what another process saves meanwhile must not seem to be settled without it.
    const [settled] = await this.#ask('SELECT up_to FROM settled');
    const [containers, every, vehicles] = await Promise.all([
      this.#all('container', '*'),
      this.#all('trip', 'basis, stamp, gone, /^totals/, trip_id, vin'),
      this.#ask('SELECT last_ts, vin FROM vehicle WHERE gone = false'),
    ]);
    const trips = every.filter(({ gone }) => gone === 'false');
    this.#vehicles = new Map(vehicles.map(({ vin = '' }) => [vin, undefined]));
    const all = containers.map((row) => ({
      idle_ms: Number(row['idle_ms']),
      vehicle: row['vin'] ?? '',
      container: row['trip_id'] ?? '',
      segments: (jsonIn(row, 'segments') as SegmentTuple[]).map(toSegment),
    }));
    return {
      containers: all.filter(({ idle_ms }) => idle_ms === this.#idleMs),
      outdated: all.filter(({ idle_ms }) => idle_ms !== this.#idleMs),
      totals: new Map(trips.map((row) => [row['basis'] ?? '', jsonIn(row, 'totals') as TripTotals])),
      trips: trips.map((row) => ({
        vehicle: row['vin'] ?? '',
        trip_id: row['trip_id'] ?? '',
        from: milliseconds(row['time'] ?? ''),
        stamp: row['stamp'] ?? '',
      })),
      since: Number(settled?.['up_to'] ?? 0),
    };
  }

  async save(
    containers: readonly Container[],
    trips: readonly MadeTrip[],
    gone: readonly SavedTrip[],
    views: readonly VehicleView[],
  ): Promise<void> {
    const now = new Map(views.map((view) => [view.group.vehicle, view]));
    const lines = [
      ...containers.map((container) => this.#containerLine(container)),
      ...gone.flatMap(({ vehicle, trip_id, from }) => goneLines(vehicle, trip_id, from)),
      ...trips.flatMap(tripLines),
      ...views.filter((view) => this.#vehicles.get(view.group.vehicle) !== view).map(vehicleLine),
      ...[...this.#vehicles.keys()].filter((vehicle) => !now.has(vehicle)).map(goneVehicleLine),
    ];
    for (let at = 0; at < lines.length; at += LINES_AT_ONCE) await this.#write(lines.slice(at, at + LINES_AT_ONCE));
    this.#vehicles = now;
  }

  /** Containers show all marks before this. */
  async noteSettled(upTo: number): Promise<void> {
    await this.#write([`settled up_to=${upTo}i 0`]);
  }

  /** One vehicle after the other: InfluxDB takes time by the square of the series that it puts in order. */
  async #all(measurement: string, columns: string): Promise<Row[]> {
    const vehicles = await this.#ask(`SHOW TAG VALUES FROM ${measurement} WITH KEY = vin`);
    const rows: Row[] = [];
    for (const { value = '' } of vehicles) {
      rows.push(...(await this.#ask(`SELECT ${columns} FROM ${measurement} WHERE vin = ${literal(value)}`)));
    }
    return rows;
  }

  #ask(query: string): Promise<Row[]> {
    return this.#client.query(this.#client.metaBucket, query);
  }

  #containerLine({ vehicle, container, segments }: Container): string {
    const fields = jsonFields(
      'segments',
      segments.map(({ from, to, count, digest }) => [from, to, count, digest]),
    );
    return `container,${containerTags(vehicle, container)} idle_ms=${this.#idleMs}i,computed_at=${Date.now()}i,${fields} 0`;
  }

  #write(lines: readonly string[]): Promise<void> {
    return this.#client.write(this.#client.metaBucket, lines.join('\n'));
  }
}

function toSegment([from, to, count, digest]: SegmentTuple): Segment & Span {
  return { from, to, count, digest };
}

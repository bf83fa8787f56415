/**
 * Makes the trips of a vehicle from the segments of its containers. Stretches of time that no trip crosses are worked out
 * by themselves and kept as long as nothing in them changes; totals are looked up by what they are made from, and only
 * where nobody knows them the events are read.
 */
import type { EventRow } from '../../ports.ts';
import { nameOf } from '../../trips/corrections.ts';
import { deriveTrips, type EventTimes } from '../../trips/derive-trips.ts';
import { hull, overlaps, type Span, united, widen } from '../../trips/span.ts';
import { summarize } from '../../trips/summary.ts';
import { addRow, startTotals, type TripTotals } from '../../trips/totals.ts';
import { holds, type Part, type Trip } from '../../trips/trip.ts';
import type { ListedTrip } from '../../trips/trip-page.ts';
import type { VehicleGroup } from '../../trips/vehicle-group.ts';
import type { PlacedSegment } from './container.ts';
import type { EventReader } from './event-reader.ts';
import { digestOf } from './row-digest.ts';

/** A trip with all that is told of it. */
export interface MadeTrip extends Trip {
  /** A digest of what its totals are made from. */
  readonly basis: string;
  readonly totals: TripTotals;
  readonly listed: ListedTrip;
}

/** Everything about one vehicle. */
export interface VehicleView {
  readonly group: VehicleGroup;
  /** By start. */
  readonly trips: readonly MadeTrip[];
  /** All segments under all names. */
  readonly segments: readonly PlacedSegment[];
  /** The totals of all trips, by their basis. */
  readonly totals: ReadonlyMap<string, TripTotals>;
  /** The trips of each stretch, by a digest of all that they follow from. */
  readonly stretches: ReadonlyMap<string, readonly MadeTrip[]>;
}

export interface TripMakerParts {
  readonly reader: EventReader;
  readonly idleMs: number;
  /** Totals of a basis, where they are known. */
  readonly known: (basis: string) => TripTotals | undefined;
}

/** Works out a vehicle's trips, with what was worked out before. */
export async function makeTrips(
  group: VehicleGroup,
  segments: readonly PlacedSegment[],
  before: VehicleView | undefined,
  parts: TripMakerParts,
): Promise<VehicleView> {
  const stretches = new Map<string, readonly MadeTrip[]>();
  const circumstances = digestOf([group.names, group.corrections, parts.idleMs]);
  for (const stretch of stretchesOf(group, segments, parts.idleMs)) {
    const key = `${circumstances} ${digestOf(stretch.map(({ vehicle, digest, from }) => [vehicle, digest, from]))}`;
    stretches.set(key, before?.stretches.get(key) ?? (await tripsOf(group, stretch, parts)));
  }
  const trips = [...stretches.values()].flat().sort((a, b) => a.from - b.from);
  const totals = new Map(trips.map((trip) => [trip.basis, trip.totals]));
  return { group, trips, segments, totals, stretches };
}

/** The segments in groups so far apart that no trip has events of two. */
function stretchesOf({ combined }: VehicleGroup, segments: readonly PlacedSegment[], idleMs: number) {
  const reaches = segments.map((segment) => widen(segment, idleMs));
  const sorted = segments.toSorted((a, b) => a.from - b.from || (a.digest < b.digest ? -1 : 1));
  // A device's trip under two names of the vehicle is one trip, however far its segments are apart.
  const spans = united([...reaches, ...deviceTripsOf(segments), ...combined.merges], 0);
  const stretches = spans.map((): PlacedSegment[] => []);
  let at = 0;
  for (const segment of sorted) {
    while ((spans[at]?.to ?? segment.from) < segment.from) at++;
    stretches[at]?.push(segment);
  }
  return stretches.filter(({ length }) => length > 0);
}

async function tripsOf(group: VehicleGroup, segments: readonly PlacedSegment[], parts: TripMakerParts) {
  const made: MadeTrip[] = [];
  for (const trip of await derive(group, segments, parts)) {
    const involved = segments.filter((segment) => trip.parts.some((part) => isIn(segment, part)));
    const basis = basisOf(trip, involved);
    const totals = parts.known(basis) ?? (await addUp(group, trip, involved, parts.reader));
    const summary = summarize(group.vehicle, trip, totals, nameOf(trip, group.corrections));
    const listed = { vehicle: group.vehicle, trip_id: trip.id, from: trip.from, summary };
    made.push({ ...trip, basis, totals, listed });
  }
  return made;
}

/** A trip that is just one segment has that segment's totals. */
function basisOf({ from, to, parts }: Trip, involved: readonly PlacedSegment[]): string {
  const [segment] = involved;
  const isWhole = parts.length === 1 && involved.length === 1 && segment?.from === from && segment.to === to;
  return isWhole ? segment.digest : digestOf([parts, involved.map(({ digest }) => digest)]);
}

async function addUp({ names }: VehicleGroup, trip: Trip, involved: readonly PlacedSegment[], reader: EventReader) {
  const totals = startTotals();
  for await (const rows of rowsOf(names, trip, involved, reader)) for (const row of rows) addRow(totals, row);
  return totals;
}

/** The events of a trip, by pages. */
export async function* rowsOf(
  names: readonly string[],
  { from, to, parts }: Trip,
  segments: readonly PlacedSegment[],
  reader: EventReader,
): AsyncGenerator<EventRow[]> {
  const own = segments.filter((segment) => parts.some((part) => isIn(segment, part)));
  const containers = [...new Set(own.map(({ container }) => container))];
  if (containers.length === 0) return;
  for await (const rows of reader.pages({ names, containers, from, to })) {
    yield rows.filter((row) => holds(parts, row));
  }
}

/**
 * The trips of a stretch. Where a trip is cut, times of events must be known: those are read when they turn out to be
 * needed, and the work begins anew.
 */
async function derive(group: VehicleGroup, segments: readonly PlacedSegment[], { reader, idleMs }: TripMakerParts) {
  const loose = segments.filter(({ trip }) => trip === null);
  const known = new Map<string | null, EventTimes>();
  for (;;) {
    const missing = new Set<string | null>();
    const times = (trip: string | null) => known.get(trip) ?? unknown(trip, missing);
    const trips = deriveTrips({
      vehicle: group.vehicle,
      idleMs,
      runs: united(loose.map(toSpan), idleMs),
      deviceTrips: deviceTripsOf(segments),
      corrections: group.combined,
      times,
    });
    if (missing.size === 0) return trips;
    for (const trip of missing) {
      const own = segments.filter((segment) => segment.trip === trip);
      const containers = [...new Set(own.map(({ container }) => container))];
      const span = own.map(toSpan).reduce(hull);
      known.set(trip, timesIn(await reader.times({ names: group.names, containers, ...span })));
    }
  }
}

/** Stands in for times that were not read yet, and notes whose they are. */
function unknown(trip: string | null, missing: Set<string | null>): EventTimes {
  const ask = () => {
    missing.add(trip);
    return undefined;
  };
  return { firstAtOrAfter: ask, lastAtOrBefore: ask };
}

function timesIn(ascending: readonly number[]): EventTimes {
  return {
    firstAtOrAfter: (ts) => ascending.find((time) => time >= ts),
    lastAtOrBefore: (ts) => ascending.findLast((time) => time <= ts),
  };
}

/** Devices' trips, each from its first event to its last under any name of the vehicle. */
function deviceTripsOf(segments: readonly PlacedSegment[]) {
  const trips = new Map<string, Span>();
  for (const { trip, from, to } of segments) {
    if (trip !== null) trips.set(trip, hull(trips.get(trip) ?? { from, to }, { from, to }));
  }
  return [...trips].map(([id, span]) => ({ id, ...span }));
}

function isIn(segment: PlacedSegment, part: Part): boolean {
  return segment.trip === part.trip && overlaps(segment, part);
}

function toSpan({ from, to }: Span): Span {
  return { from, to };
}

/**
 * From events to trips: the one place that says what a trip is. Pure, so that the order of arrival, the cut into
 * requests and the replica can't matter; it works on stretches of time, so that no event has to be read.
 *
 * - Events with a device's trip id are that trip.
 * - Loose events (without one) within the idle timeout of a device-made trip are shown with the nearest such trip.
 * - All other loose events are cut into trips wherever the gap exceeds the idle timeout.
 * - Then corrections hold: a wall parts, a merge unites, what was deleted is gone.
 *
 * @see docs/adr/0003-trips-of-loose-events-are-derived.md
 */
import type { Corrections } from './corrections.ts';
import { grouped } from './grouped.ts';
import { byStart, cutAt, hull, intersection, overlaps, type Span, subtract } from './span.ts';
import type { Trip } from './trip.ts';
import { derivedTripId } from './trip-id.ts';

/** A trip that a device made, from its first event to its last. */
export interface DeviceTrip extends Span {
  readonly id: string;
}

/** Asks for the times of events without reading them. */
export interface EventTimes {
  firstAtOrAfter(ts: number): number | undefined;
  lastAtOrBefore(ts: number): number | undefined;
}

/** What is known of a vehicle's events in a window that no trip crosses. */
export interface Evidence {
  readonly vehicle: string;
  /** The longest gap inside a trip of loose events, in milliseconds. */
  readonly idleMs: number;
  /** The loose events as runs without a gap above `idleMs`; both ends are times of events. */
  readonly runs: readonly Span[];
  readonly deviceTrips: readonly DeviceTrip[];
  readonly corrections: Corrections;
  /** The times of a device-made trip's events, or of the loose ones (null). */
  times(trip: string | null): EventTimes;
}

/** Every trip of the window, by start. */
export function deriveTrips(evidence: Evidence): Trip[] {
  const pieces = evidence.deviceTrips.flatMap((trip) => piecesOf(trip, evidence));
  // Where nothing is loose nobody need know whose it would be.
  const zones = evidence.runs.length === 0 ? [] : zonesOf(pieces, evidence);
  const owned = grouped(zones, ({ owner }) => owner);
  const trips = [
    ...pieces.map((piece) => withLooseEvents(piece, owned.get(piece) ?? [], evidence)),
    ...looseTrips(zones, evidence),
  ];
  return withOwnIds(merged(trips.toSorted(byStartAndId), evidence.corrections.merges), evidence.vehicle);
}

/** A device-made trip, or what walls and deletions left of it. Its id stays with the piece that holds its first event. */
function piecesOf(trip: DeviceTrip, { vehicle, corrections, times }: Evidence): Trip[] {
  const holes = corrections.deleted.filter((part) => part.trip === trip.id);
  return subtract(trip, holes)
    .flatMap((span) => cutAt(span, corrections.walls))
    .map((span) => shrunk(span, trip, times(trip.id)))
    .filter((span) => span !== undefined)
    .map((span) => ({
      ...span,
      id: span.from === trip.from ? trip.id : derivedTripId(vehicle, span.from),
      parts: [{ trip: trip.id, ...span }],
    }));
}

/** A stretch of time whose loose events belong to a device-made trip. */
interface Zone extends Span {
  readonly owner: Trip;
}

/**
 * Each instant within the idle timeout of a device-made trip belongs to the nearest one; at equal distance to the one
 * that began first. Nobody reaches across a wall.
 */
function zonesOf(pieces: readonly Trip[], { idleMs, corrections }: Evidence): Zone[] {
  const reaches = pieces
    .toSorted(byStartAndId)
    .map((owner) => ({ owner, ...reachOf(owner, idleMs, corrections.walls) }));
  const zones: Zone[] = [];
  for (const cluster of clusters(reaches)) {
    const points = cluster.flatMap((zone, index) => turningPoints(zone, cluster, index));
    const starts = [...new Set(points)].sort((a, b) => a - b);
    let [next, near]: [number, readonly Zone[]] = [0, []];
    for (const [index, from] of starts.entries()) {
      const before = next;
      while ((cluster[next]?.from ?? Number.POSITIVE_INFINITY) <= from) next++;
      near = [...near.filter(({ to }) => to >= from), ...cluster.slice(before, next)];
      const owner = nearest(near, from);
      const end = starts[index + 1];
      if (owner !== undefined && end !== undefined) zones.push({ owner, from, to: end - 1 });
    }
  }
  return zones;
}

function reachOf(piece: Trip, idleMs: number, walls: readonly number[]): Span {
  const around = { from: piece.from - idleMs, to: piece.to + idleMs };
  return cutAt(around, walls).find((span) => overlaps(span, piece)) ?? around;
}

/** Zones in groups that don't touch each other, each by start. */
function clusters(zones: readonly Zone[]): Zone[][] {
  const result: Zone[][] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const zone of zones.toSorted(byStart)) {
    if (zone.from > end) result.push([]);
    result.at(-1)?.push(zone);
    end = Math.max(end, zone.to);
  }
  return result;
}

/** Where another owner may begin to be the nearest: ends of reaches and trips, and the middle between two trips. */
function turningPoints(zone: Zone, cluster: readonly Zone[], index: number): number[] {
  const { owner } = zone;
  const middles: number[] = [];
  for (let at = index + 1; at < cluster.length; at++) {
    const other = cluster[at] as Zone;
    if (other.from > zone.to) break;
    if (other.owner.from > owner.to) middles.push(Math.floor((owner.to + other.owner.from) / 2) + 1);
  }
  return [zone.from, owner.from, owner.to + 1, zone.to + 1, ...middles];
}

function nearest(zones: readonly Zone[], ts: number): Trip | undefined {
  let best: Trip | undefined;
  for (const { owner, from, to } of zones) {
    if (ts < from || ts > to) continue;
    if (best === undefined || (distance(owner, ts) - distance(best, ts) || byStartAndId(owner, best)) < 0) best = owner;
  }
  return best;
}

function distance(span: Span, ts: number): number {
  return Math.max(span.from - ts, ts - span.to, 0);
}

function byStartAndId(a: Trip, b: Trip): number {
  return a.from - b.from || (a.id < b.id ? -1 : 1);
}

/** A device-made trip together with the loose events of its own zones. */
function withLooseEvents(piece: Trip, own: readonly Zone[], { runs, corrections, times }: Evidence): Trip {
  const loose = runs.flatMap((run) =>
    own
      .map((zone) => intersection(zone, run))
      .filter((span) => span !== undefined)
      .flatMap((span) => subtract(span, looseHoles(corrections)))
      .map((span) => shrunk(span, run, times(null)))
      .filter((span) => span !== undefined),
  );
  const parts = [...piece.parts, ...loose.map((span) => ({ trip: null, ...span }))];
  return { ...parts.reduce<Span>(hull, piece), id: piece.id, parts };
}

/** The loose events that no device-made trip took, cut where the gap exceeds the idle timeout, and at walls. */
function looseTrips(zones: readonly Zone[], { vehicle, runs, corrections, idleMs, times }: Evidence): Trip[] {
  const holes = [...zones, ...looseHoles(corrections)];
  return runs.flatMap((run) => {
    const left = subtract(run, holes)
      .flatMap((span) => cutAt(span, corrections.walls))
      .map((span) => shrunk(span, run, times(null)))
      .filter((span) => span !== undefined);
    const trips: Span[][] = [];
    for (const span of left) {
      const last = trips.at(-1);
      if (last !== undefined && isNear(last.at(-1) as Span, span, idleMs, corrections.walls)) last.push(span);
      else trips.push([span]);
    }
    return trips.map((spans) => looseTrip(spans, vehicle));
  });
}

/** Whether a stretch goes on behind another, over no more than a hole. */
function isNear(before: Span, span: Span, idleMs: number, walls: readonly number[]): boolean {
  return span.from - before.to <= idleMs && !walls.some((wall) => before.to < wall && wall <= span.from);
}

/** Of stretches with holes between them, which are not part of it. */
function looseTrip(spans: readonly Span[], vehicle: string): Trip {
  const { from, to } = spans.reduce(hull);
  return { from, to, id: derivedTripId(vehicle, from), parts: spans.map((span) => ({ trip: null, ...span })) };
}

function looseHoles(corrections: Corrections): readonly Span[] {
  return corrections.deleted.filter((part) => part.trip === null);
}

/** The span from its first event to its last, if it has any. Ends that `known` has are times of events already. */
function shrunk(span: Span, known: Span, times: EventTimes): Span | undefined {
  const from = span.from === known.from ? known.from : times.firstAtOrAfter(span.from);
  const to = span.to === known.to ? known.to : times.lastAtOrBefore(span.to);
  return from === undefined || to === undefined || from > to ? undefined : { from, to };
}

/** Trips that a merge touches become one, under the id of the first. */
function merged(trips: readonly Trip[], merges: readonly Span[]): readonly Trip[] {
  return merges.reduce((list, merge) => {
    const [first, ...others] = list.filter((trip) => overlaps(trip, merge));
    if (first === undefined || others.length === 0) return list;
    const parts = [first, ...others].flatMap((trip) => trip.parts);
    const union = { ...parts.reduce<Span>(hull, first), id: first.id, parts };
    return [...list.filter((trip) => !overlaps(trip, merge)), union].toSorted(byStartAndId);
  }, trips);
}

/** Two pieces may begin in the same millisecond; a derived id must still name one of them. */
function withOwnIds(trips: readonly Trip[], vehicle: string): Trip[] {
  const taken = new Set<string>();
  return trips.map((trip) => {
    let id = trip.id;
    for (let ms = trip.from; taken.has(id); ms++) id = derivedTripId(vehicle, ms);
    taken.add(id);
    return id === trip.id ? trip : { ...trip, id };
  });
}

/** Corrections as the wire has them: times as text, open ends as null. */
import { formatTimestamp, parseTimestamp } from '@fleet/contract';
import type { Correction } from '../trips/corrections.ts';
import { EVER } from '../trips/span.ts';
import type { Part, Place } from '../trips/trip.ts';
import { createCheck } from './check.ts';
import { CORRECTION_KIND_SCHEMA, CORRECTION_SCHEMAS } from './docs/correction-docs.ts';
import { malformed } from './route.ts';

interface WirePlace {
  readonly trip_id: string | null;
  readonly ts: string;
}

/** A stretch of a trip; null is an end that is open. */
interface WirePart {
  readonly trip_id: string | null;
  readonly from: string | null;
  readonly to: string | null;
}

type WireCorrection = {
  readonly vehicle: string;
  readonly made_at: string;
  readonly from: string;
  readonly to: string;
} & (
  | { readonly kind: 'name'; readonly anchor: WirePlace; readonly name?: string; readonly note?: string }
  | { readonly kind: 'split'; readonly at: string }
  | { readonly kind: 'merge' }
  | { readonly kind: 'delete'; readonly trip_id: string; readonly parts: readonly WirePart[] }
);

export function correctionToWire(correction: Correction): WireCorrection {
  const { vehicle, made_at, span } = correction;
  const when = { made_at: formatTimestamp(made_at), from: formatTimestamp(span.from), to: formatTimestamp(span.to) };
  const common = { vehicle, ...when };
  switch (correction.kind) {
    case 'name': {
      const { kind, anchor } = correction;
      const place = { trip_id: anchor.trip, ts: formatTimestamp(anchor.ts) };
      return { ...common, kind, anchor: place, ...textsOf(correction) };
    }
    case 'split':
      return { ...common, kind: correction.kind, at: formatTimestamp(correction.at) };
    case 'merge':
      return { ...common, kind: correction.kind };
    case 'delete':
      return { ...common, kind: correction.kind, trip_id: correction.trip_id, parts: correction.parts.map(partToWire) };
  }
}

const checkKind = createCheck<{ readonly kind: Correction['kind'] }>(CORRECTION_KIND_SCHEMA, 'invalid-request');
const CHECKS = Object.fromEntries(
  Object.entries(CORRECTION_SCHEMAS).map(([kind, schema]) => [
    kind,
    createCheck<WireCorrection>(schema, 'invalid-request'),
  ]),
);

/** The correction of a body. Throws `ProblemError` with what is wrong. */
export function correctionFromWire(body: unknown): Correction {
  const { kind } = checkKind(body);
  const wire = CHECKS[kind]?.(body) as WireCorrection;
  const span = { from: time(wire.from), to: time(wire.to) };
  if (span.from > span.to) throw malformed('to is before from');
  const common = { vehicle: wire.vehicle, made_at: time(wire.made_at), span };
  switch (wire.kind) {
    case 'name':
      return { ...common, kind: wire.kind, anchor: placeFromWire(wire.anchor), ...textsOf(wire) };
    case 'split':
      return { ...common, kind: wire.kind, at: time(wire.at) };
    case 'merge':
      return { ...common, kind: wire.kind };
    case 'delete':
      return { ...common, kind: wire.kind, trip_id: wire.trip_id, parts: wire.parts.map(partFromWire) };
  }
}

/** What a trip is called and what is noted about it: what was given of both. */
function textsOf({ name, note }: { readonly name?: string; readonly note?: string }) {
  return { ...(name !== undefined && { name }), ...(note !== undefined && { note }) };
}

function partToWire({ trip, from, to }: Part): WirePart {
  return {
    trip_id: trip,
    from: from === EVER.from ? null : formatTimestamp(from),
    to: to === EVER.to ? null : formatTimestamp(to),
  };
}

function partFromWire({ trip_id, from, to }: WirePart): Part {
  return {
    trip: lower(trip_id),
    from: from === null ? EVER.from : time(from),
    to: to === null ? EVER.to : time(to),
  };
}

function placeFromWire({ trip_id, ts }: WirePlace): Place {
  return { trip: lower(trip_id), ts: time(ts) };
}

function lower(tripId: string | null): string | null {
  return tripId?.toLowerCase() ?? null;
}

function time(text: string): number {
  const ms = parseTimestamp(text);
  if (typeof ms === 'string') throw malformed(`${text} ${ms}`);
  return ms;
}

/** A trip as the read API tells it. */
import { formatTimestamp, SIGNAL_NAMES } from '@fleet/contract';
import { finishDistance } from './distance.ts';
import type { TripTotals } from './totals.ts';
import type { Trip } from './trip.ts';

/** Names are wire names; see docs/http-api.md for each. */
export interface TripSummary {
  readonly trip_id: string;
  readonly vehicle: string;
  readonly name: string | null;
  readonly note: string | null;
  readonly started_at: string;
  readonly ended_at: string;
  readonly duration_s: number;
  readonly moving_s: number;
  readonly event_count: number;
  /** All of it, gaps included, kilometres. */
  readonly distance_km: number;
  /** The part over gaps in the record. */
  readonly distance_gap_km: number;
  readonly mean_speed_kph: number | null;
  readonly max_speed_kph: number | null;
  readonly first_position: Position | null;
  readonly last_position: Position | null;
  readonly bbox: readonly number[] | null;
  readonly longest_gap: { readonly seconds: number; readonly from: string; readonly to: string } | null;
  readonly sources: readonly { readonly source: string; readonly event_count: number }[];
  /** The signals that any of its events has: those of the table in its order, then custom ones by name. */
  readonly signals: readonly string[];
  /** Whether a device made the trip (gave its events a trip id), or the server did, by time. */
  readonly made_by: 'device' | 'server';
}

export interface Position {
  readonly lat: number;
  readonly lon: number;
}

/** Puts a trip's totals into words and units. */
export function summarize(
  vehicle: string,
  trip: Trip,
  totals: TripTotals,
  naming: { readonly name: string; readonly note: string } | undefined,
): TripSummary {
  const { driven_km, gap_km, moving_ms } = finishDistance(totals.distance);
  const durationMs = totals.last_ts - totals.first_ts;
  return {
    trip_id: trip.id,
    vehicle,
    name: naming?.name || null,
    note: naming?.note || null,
    started_at: formatTimestamp(totals.first_ts),
    ended_at: formatTimestamp(totals.last_ts),
    duration_s: durationMs / 1_000,
    moving_s: moving_ms / 1_000,
    event_count: totals.event_count,
    distance_km: rounded(driven_km + gap_km),
    distance_gap_km: rounded(gap_km),
    mean_speed_kph: durationMs === 0 ? null : rounded((driven_km + gap_km) / (durationMs / 3_600_000)),
    max_speed_kph: totals.max_speed_kph,
    first_position: position(totals.first_fix),
    last_position: position(totals.distance.last_fix),
    bbox: totals.bbox,
    longest_gap: totals.longest_gap && {
      seconds: (totals.longest_gap.to - totals.longest_gap.from) / 1_000,
      from: formatTimestamp(totals.longest_gap.from),
      to: formatTimestamp(totals.longest_gap.to),
    },
    sources: Object.entries(totals.sources).map(([source, event_count]) => ({ source, event_count })),
    signals: inOrder(Object.keys(totals.latest)),
    made_by: trip.parts.some((part) => part.trip !== null) ? 'device' : 'server',
  };
}

function inOrder(names: readonly string[]): string[] {
  const known: readonly string[] = SIGNAL_NAMES.filter((name) => names.includes(name));
  return [...known, ...names.filter((name) => !known.includes(name)).toSorted()];
}

function position(fix: Position | null): Position | null {
  return fix && { lat: fix.lat, lon: fix.lon };
}

/** To a tenth of a metre, and to the ten-thousandth of a km/h. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

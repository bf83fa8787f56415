/** The trips that the server found against what the logger says. */
import { formatTimestamp } from '@fleet/contract';
import type { TripSummary } from '../../ports.ts';
import { table, timeText } from '../words.ts';
import type { DemoDrive } from './demo-drives.ts';

/** A drive and the trip that begins when it does, if there is one. */
interface Verdict {
  readonly drive: DemoDrive;
  readonly trip: TripSummary | undefined;
  /** What is wrong; empty where nothing is. */
  readonly fault: string;
}

/** How far a trip's distance may be from the logger's, as a share of it. */
const TOLERANCE = 0.025;

/** Judges each drive by the trip that was found for it; times of drives are shifted. */
export function judge(drives: readonly DemoDrive[], trips: readonly TripSummary[], shiftMs: number): Verdict[] {
  return drives.map((drive) => {
    const shifted = (text: string) => formatTimestamp(Date.parse(text) + shiftMs);
    const trip = trips.find(({ started_at }) => started_at === shifted(drive.truth.started_at));
    return { drive, trip, fault: faultOf(drive, trip, shifted(drive.truth.ended_at)) };
  });
}

/** Whether the trips are the drives: each found as it was, and none beside. */
export function isRight(verdicts: readonly Verdict[], trips: readonly TripSummary[]): boolean {
  return verdicts.every(({ fault }) => fault === '') && trips.length === verdicts.length;
}

/** The table that people see. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ drive: { truth, way }, trip, fault }) => [
    `${truth.drive}`,
    way.label,
    trip === undefined ? '' : timeText(Date.parse(trip.started_at)),
    `${trip?.event_count ?? 0} of ${truth.event_count}`,
    trip === undefined ? '' : drivenKm(trip).toFixed(2),
    truth.logger_distance_km.toFixed(2),
    trip === undefined ? '' : percentText(offBy(trip, truth.logger_distance_km)),
    fault === '' ? 'as recorded' : fault,
  ]);
  return table(['DRIVE', 'SENT', 'TRIP BEGINS', 'EVENTS', 'KM', 'LOGGER KM', 'OFF BY', 'VERDICT'], rows);
}

function faultOf({ truth }: DemoDrive, trip: TripSummary | undefined, ended_at: string): string {
  if (trip === undefined) return 'NOT FOUND';
  if (trip.event_count !== truth.event_count) return 'OTHER EVENTS';
  if (trip.ended_at !== ended_at) return 'ANOTHER END';
  return Math.abs(offBy(trip, truth.logger_distance_km)) > TOLERANCE ? 'ANOTHER DISTANCE' : '';
}

/** What was driven while it was recorded: the logger counts no more. */
function drivenKm({ distance_km, distance_gap_km }: TripSummary): number {
  return distance_km - distance_gap_km;
}

function offBy(trip: TripSummary, km: number): number {
  return drivenKm(trip) / km - 1;
}

function percentText(share: number): string {
  return `${(100 * share).toFixed(1).replace('-0.0', '0.0')} %`;
}

/** What a copy tells people at its end. */
import type { TripSummary } from '../../ports.ts';
import { countOf, table, timeText } from '../words.ts';
import type { ComparedVehicle, CopyTally } from './copy.ts';

/** Missing trips that are listed. */
const MOST_LISTED = 10;

/** Vehicle by vehicle: what is here, and what of it is there. */
export function comparisonTable(compared: readonly ComparedVehicle[]): string {
  const rows = compared.map(({ vehicle, trips }) => {
    const there = trips.filter(({ state }) => state !== 'missing');
    const counts = [
      trips.length,
      sum(trips.map(({ trip }) => trip.event_count)),
      there.length,
      sum(trips.map((trip) => trip.there)),
    ];
    return [vehicle, ...counts.map((count) => count.toLocaleString('en'))];
  });
  return table(['VEHICLE', 'TRIPS', 'EVENTS', 'TRIPS THERE', 'EVENTS THERE'], rows);
}

/** What would be done. */
export function planText({ vehicles, corrections, trips, events }: CopyTally): string {
  const records = `${countOf(vehicles, 'vehicle')} and ${countOf(corrections, 'correction')}`;
  return `To be copied: names of ${records}, ${countOf(trips, 'trip')} with ${countOf(events, 'event')}. Nothing was changed.\n`;
}

/** What is missing all the same; undefined where nothing is. */
export function missingText(compared: readonly ComparedVehicle[], { rejections }: CopyTally): string | undefined {
  const missing = compared.flatMap(({ trips }) => trips.filter(({ state }) => state === 'missing'));
  if (missing.length === 0 && rejections.size === 0) return undefined;
  const lines = [
    ...missing.slice(0, MOST_LISTED).map(({ trip, there }) => missingLine(trip, there)),
    ...(missing.length > MOST_LISTED ? [`  and ${countOf(missing.length - MOST_LISTED, 'trip')} more`] : []),
    ...[...rejections].map(([slug, { count, first }]) => `  ${count} × ${slug}, first ${first}`),
    'Not everything is there. What was refused is named; where nothing was, is TRIP_IDLE_TIMEOUT the same on both, and was a trip deleted there?',
  ];
  return `${lines.join('\n')}\n`;
}

function missingLine({ vehicle, trip_id, started_at, event_count }: TripSummary, there: number): string {
  const lacking = (event_count - there).toLocaleString('en');
  return `  ${vehicle}, ${timeText(Date.parse(started_at))}, trip ${trip_id}: ${lacking} of ${countOf(event_count, 'event')} missing`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

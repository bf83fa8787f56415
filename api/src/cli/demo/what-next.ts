/** What to try next with the demo's server: lines to paste into a shell. */
import type { TripSummary } from '../../ports.ts';
import type { DemoServer } from './demo-server.ts';

export function whatNext({ url, signInUrl, viewerKey, deviceKey }: DemoServer, trips: readonly TripSummary[]): string {
  const longest = trips.toSorted((a, b) => b.event_count - a.event_count)[0];
  const read = `curl -H 'Authorization: Bearer ${viewerKey}'`;
  const event = `'{"vehicle_id":"my-car","ts":"'$(date -u +%FT%TZ)'","speed_kph":50}'`;
  return `The server is at ${url}. Sign in, once:
  ${signInUrl}
What it can be asked, to try in the browser:
  ${url}/docs
Its newest trips; the longest as a track for any map; an event of your own:
  ${read} '${url}/v1/trips?limit=3'
  ${read} ${url}/v1/trips/${longest?.trip_id}/events.gpx -o drive.gpx
  curl -H 'Authorization: Bearer ${deviceKey}' -H 'Content-Type: application/json' -d ${event} ${url}/v1/ingest
`;
}

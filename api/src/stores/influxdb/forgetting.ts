/** Deletes events for good: what is past retention, and what was deleted so long ago that nobody can want it back. */
import type { Upkeep } from '../../ports.ts';
import { combineCorrections } from '../../trips/corrections.ts';
import { intersection } from '../../trips/span.ts';
import type { InfluxClient } from './client.ts';
import type { PlacedSegment } from './container.ts';
import { containersOf, type Touches } from './touches.ts';
import type { VehicleView } from './trip-maker.ts';

/** Segments that one call deletes from: InfluxDB takes its time. */
const AT_ONCE = 50;

/** Does some of it; true while there is more to do. The containers are marked, so that every process reads them again. */
export async function forget(
  client: InfluxClient,
  touches: Touches,
  views: readonly VehicleView[],
  { forgetBefore, purgeDeletedBefore }: Upkeep,
): Promise<boolean> {
  const old = views.flatMap(({ segments }) => segments).filter(({ from }) => from < (forgetBefore ?? 0));
  if (forgetBefore !== undefined && old.length > 0) {
    await client.delete(client.bucket, '_measurement="telemetry"', timeOf(0), endOf(forgetBefore - 1));
  }
  const purged = views.flatMap((view) => purgedIn(view, purgeDeletedBefore));
  for (const { vehicle, container, from, to } of purged.slice(0, AT_ONCE)) {
    const predicate = `_measurement="telemetry" AND vin="${vehicle}" AND trip_id="${container}"`;
    await client.delete(client.bucket, predicate, timeOf(from), endOf(to));
  }
  const touched = [...old, ...purged.slice(0, AT_ONCE)].map((segment) => ({ ...segment, ts: segment.from }));
  if (touched.length > 0) await client.write(client.bucket, touches.done(containersOf(touched)).join('\n'));
  return purged.length > AT_ONCE;
}

function purgedIn({ group, segments }: VehicleView, before: number): PlacedSegment[] {
  const { deleted } = combineCorrections(group.corrections.filter(({ made_at }) => made_at < before));
  return deleted.flatMap((part) =>
    segments
      .filter(({ trip }) => trip === part.trip)
      .flatMap((segment) => {
        const span = intersection(segment, part);
        return span === undefined ? [] : [{ ...segment, ...span }];
      }),
  );
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

/** The last nanosecond of a millisecond. */
function endOf(ms: number): string {
  return timeOf(ms).replace('Z', '999999Z');
}

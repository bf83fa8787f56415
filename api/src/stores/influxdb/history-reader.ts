/** A signal's history: added up by InfluxDB, but for steps in which it would count what is deleted, or twice. */
import type { HistoryPoint } from '../../ports.ts';
import { isDeleted } from '../../trips/corrections.ts';
import { addToRollup, type Rollup, stepOf, toHistory } from '../../trips/history.ts';
import { hull, intersection, overlaps, type Span, subtract, united } from '../../trips/span.ts';
import type { PlacedSegment } from './container.ts';
import type { EventReader, Scope } from './event-reader.ts';
import type { VehicleView } from './trip-maker.ts';

/** One signal in steps of a whole number of minutes. */
export async function readHistory(
  reader: EventReader,
  { group, segments }: VehicleView,
  signal: string,
  { span, stepMs }: { readonly span: Span; readonly stepMs: number },
): Promise<HistoryPoint[]> {
  const [first, ...others] = segments;
  const all = first && intersection(span, others.reduce<Span>(hull, first));
  if (all === undefined) return [];
  const { names, combined } = group;
  const toSteps = ({ from, to }: Span) => ({ from: stepOf(from, stepMs), to: stepOf(to, stepMs) + stepMs - 1 });
  const special = united([...deletedIn(segments, group), ...twinsIn(segments)].map(toSteps), 1);
  const steps = new Map<number, Rollup>();
  for (const piece of subtract(all, special)) {
    for (const [step, rollup] of await reader.rollups({ names, ...piece }, signal, stepMs)) steps.set(step, rollup);
  }
  for (const piece of special.flatMap((stretch) => intersection(stretch, all) ?? [])) {
    for await (const row of rowsIn(reader, { names, ...piece })) {
      const value = row.values[signal];
      if (value !== undefined && !isDeleted(combined, row)) addToRollup(steps, stepOf(row.ts, stepMs), value);
    }
  }
  return toHistory(steps);
}

async function* rowsIn(reader: EventReader, scope: Scope) {
  for await (const rows of reader.pages(scope)) yield* rows;
}

/** Where events lie that were deleted. */
function deletedIn(segments: readonly PlacedSegment[], { combined }: VehicleView['group']): Span[] {
  return combined.deleted.flatMap((part) =>
    segments.filter(({ trip }) => trip === part.trip).flatMap((segment) => intersection(segment, part) ?? []),
  );
}

/** Where the same events may lie under two names of the vehicle. */
function twinsIn(segments: readonly PlacedSegment[]): Span[] {
  if (new Set(segments.map(({ vehicle }) => vehicle)).size < 2) return [];
  return segments.filter(({ vehicle, container, ...span }) =>
    segments.some((other) => other.vehicle !== vehicle && other.container === container && overlaps(other, span)),
  );
}

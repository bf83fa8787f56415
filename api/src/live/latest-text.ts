/** The newest of a vehicle as JSON. It may have had tens of thousands of custom signals: others get their turn meanwhile. */
import { formatTimestamp } from '@fleet/contract';
import { createBreather } from '../ingest/breathe.ts';
import type { LatestState, SignalReading } from '../ports.ts';

/** Signals that are written at once. */
const PORTION = 500;

/**
 * The members of an object of JSON that are made of readings: a text for each, undefined for those that have none.
 * Names of signals and numbers need no escape (RFC 8259 §7).
 */
export async function membersOf(
  readings: readonly SignalReading[],
  toText: (reading: SignalReading) => string | undefined,
): Promise<string> {
  const breathe = createBreather();
  const portions: string[] = [];
  for (let at = 0; at < readings.length; at += PORTION) {
    const members = readings.slice(at, at + PORTION).flatMap((reading) => toText(reading) ?? []);
    if (members.length > 0) portions.push(members.join());
    await breathe();
  }
  return portions.join();
}

/** A signal and its value. */
export function valueMember([signal, , value]: SignalReading): string {
  return `"${signal}":${value}`;
}

/** As the wire has it: signals beside each other, and when those were measured that are older. */
export async function latestText(state: LatestState, name: string | null): Promise<string> {
  const { vehicle, trip_id, last_ts, readings, dtcs } = state;
  const head = JSON.stringify({ vehicle, name, trip_id, ts: formatTimestamp(last_ts), ...(dtcs && { dtcs }) });
  const values = await membersOf(readings, valueMember);
  const older = await membersOf(readings, olderThan(last_ts));
  return `${head.slice(0, -1)},${values}${values && ','}"older":{${older}}}`;
}

/** A signal and when it was measured, for those that are older. */
function olderThan(last_ts: number): (reading: SignalReading) => string | undefined {
  let time = { ts: last_ts, text: '' };
  return ([signal, ts]) => {
    if (ts === last_ts) return undefined;
    // Most were measured together with the one before.
    if (ts !== time.ts) time = { ts, text: formatTimestamp(ts) };
    return `"${signal}":"${time.text}"`;
  };
}

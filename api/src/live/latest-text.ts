/** The newest of a vehicle as JSON. It may have had tens of thousands of custom signals: others get their turn meanwhile. */
import { formatTimestamp } from '@fleet/contract';
import type { Directory } from '../access/directory.ts';
import { createBreather } from '../ingest/breathe.ts';
import type { LatestState, SignalReading } from '../ports.ts';

/** Signals that are written at once. */
const PORTION = 500;

/** The members of an object of JSON, one for each reading. Names of signals and numbers need no escape (RFC 8259 §7). */
async function membersOf(
  readings: readonly SignalReading[],
  toMember: (reading: SignalReading) => string,
): Promise<string> {
  const breathe = createBreather();
  const portions: string[] = [];
  for (let at = 0; at < readings.length; at += PORTION) {
    portions.push(
      readings
        .slice(at, at + PORTION)
        .map(toMember)
        .join(),
    );
    await breathe();
  }
  return portions.join();
}

/** An object of JSON with the value of each signal behind what else it has. */
export async function withValues(
  before: object,
  readings: readonly SignalReading[],
  ...behind: readonly string[]
): Promise<string> {
  const values = await membersOf(readings, ([signal, , value]) => `"${signal}":${value}`);
  return `{${[JSON.stringify(before).slice(1, -1), values, ...behind].filter((members) => members !== '').join()}}`;
}

/** As the wire has it: signals beside each other, and when those were measured that are older. */
export async function latestText(
  { vehicle, trip_id, last_ts, readings, dtcs }: LatestState,
  { vehicles }: Pick<Directory, 'vehicles'>,
): Promise<string> {
  const name = vehicles.get(vehicle)?.name ?? null;
  const before = { vehicle, name, trip_id, ts: formatTimestamp(last_ts), ...(dtcs && { dtcs }) };
  const older = await membersOf(
    readings.filter(([, ts]) => ts !== last_ts),
    createTimeMember(),
  );
  return withValues(before, readings, `"older":{${older}}`);
}

/** A signal and when it was measured; most were together with the one before. */
function createTimeMember(): (reading: SignalReading) => string {
  let time = { ts: Number.NaN, text: '' };
  return ([signal, ts]) => {
    if (ts !== time.ts) time = { ts, text: formatTimestamp(ts) };
    return `"${signal}":"${time.text}"`;
  };
}

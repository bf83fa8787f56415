/** A recorded drive told anew: at another time, as another vehicle's. */
import { createHash } from 'node:crypto';
import { formatTimestamp } from '@fleet/contract';
import type { DriveLine, RecordedEvent } from './drive-lines.ts';

/** What is told otherwise. */
export interface Retelling {
  /** Added to every time, milliseconds. */
  readonly shiftMs: number;
  /** Added to the vehicle's name; empty for the vehicle itself. */
  readonly suffix: string;
}

/** The event as it is to be sent; null for a line that holds none. */
export function retell({ event, ts }: DriveLine, retelling: Retelling): RecordedEvent | null {
  const { shiftMs, suffix } = retelling;
  if (event === null || (shiftMs === 0 && suffix === '')) return event;
  const trip = event['trip_id'];
  return {
    ...event,
    ...(ts !== null && { ts: formatTimestamp(ts + shiftMs) }),
    ...(suffix !== '' && renamed(event, suffix)),
    ...(typeof trip === 'string' && { trip_id: uuidOf(trip, suffix, shiftMs) }),
  };
}

/** The text of a line as it is to be sent: what can't be told anew goes as it is, the server will say what is wrong. */
export function retoldText(line: DriveLine, retelling: Retelling): string {
  const event = retell(line, retelling);
  return event === line.event ? line.text : JSON.stringify(event);
}

/** The same UUID for the same parts: what is sent again must find itself. */
export function uuidOf(...parts: readonly (string | number)[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, variant + hex.slice(17, 20)];
  return [...groups, hex.slice(20, 32)].join('-');
}

/** A VIN with something behind it is none. */
function renamed({ vin, vehicle_id }: RecordedEvent, suffix: string): RecordedEvent {
  return { vin: undefined, vehicle_id: `${vin ?? vehicle_id}${suffix}` };
}

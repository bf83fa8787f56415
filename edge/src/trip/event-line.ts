/** An event as it goes over the wire. Pure. */
import { SCHEMA_VERSION, SIGNALS, type SignalName, type SignalValues, VIN } from '@fleet/contract';

/** What a line is made of, besides its signals. */
export interface EventHead {
  readonly vehicle: string;
  readonly trip_id: string;
  readonly seq: number;
  readonly ts: string;
}

/** The member that names a vehicle: a VIN goes by its own name. */
export function vehicleMember(vehicle: string): { vin: string } | { vehicle_id: string } {
  return VIN.test(vehicle) ? { vin: vehicle } : { vehicle_id: vehicle };
}

/** One line of NDJSON, without its end. */
export function eventLine(
  { vehicle, ...head }: EventHead,
  values: SignalValues,
  dtcs: readonly string[] | null,
): string {
  return JSON.stringify({
    schema_version: SCHEMA_VERSION,
    ...vehicleMember(vehicle),
    ...head,
    ...values,
    ...(dtcs && { dtcs }),
  });
}

/** Only what an event may carry: a sensor that tells nonsense must not cost the rest of the event. */
export function plausible(values: SignalValues): SignalValues {
  return Object.fromEntries(
    Object.entries(values).filter(([name, value]) => {
      const { min, max } = SIGNALS[name as SignalName] ?? { min: -Number.MAX_VALUE, max: Number.MAX_VALUE };
      return value >= min && value <= max;
    }),
  );
}

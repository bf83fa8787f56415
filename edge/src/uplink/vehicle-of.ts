/** Whose car a trip is of: what somebody set, the only one that the key is for, or the VIN that the car tells. Pure. */
import type { OutboxTrip } from '../ports.ts';
import type { Session } from './link.ts';

/** Undefined where nobody can tell: the trip waits. */
export function vehicleOf(
  { vehicle, vin }: Pick<OutboxTrip, 'vehicle' | 'vin'>,
  { vehicles }: Session,
  setting: string | undefined,
): string | undefined {
  const known = vehicle ?? setting;
  if (known !== undefined) return known;
  if (vehicles !== '*' && vehicles.length === 1) return vehicles[0];
  return vin ?? undefined;
}

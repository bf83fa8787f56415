/** Second stage: whose event it is. The key decides, never the payload alone. */
import { bad, ok, type Problem, problem, type Result } from '@fleet/contract';
import type { ValidEvent } from './valid-event.ts';

/** An event of a vehicle that its sender may speak for. */
export interface VehicleEvent extends ValidEvent {
  /** The vehicle's one name, aliases resolved. */
  readonly vehicle: string;
}

/** What the sender may speak for. */
export interface Speaker {
  /** The vehicle's one name for whatever name it was called by. */
  resolve(name: string): string;
  /** Whether the sender may write for a vehicle, given by its one name. */
  mayWrite(vehicle: string): boolean;
  /** What says so, for people. @default 'key' */
  readonly by?: 'key' | 'topic';
}

/** Resolves the vehicle's name and refuses vehicles that the sender has no business with. */
export function authorizeVehicle(event: ValidEvent, speaker: Speaker): Result<VehicleEvent, Problem> {
  const vehicle = speaker.resolve(event.claimed);
  if (!speaker.mayWrite(vehicle)) {
    const detail = `this ${speaker.by ?? 'key'} may not speak for ${event.claimed}`;
    return bad(problem('vehicle-not-allowed', detail, [{ pointer: '', detail }]));
  }
  const { claimed, ts, trip_id, seq, measured, dtcs } = event;
  return ok({ claimed, ts, trip_id, seq, measured, dtcs, vehicle });
}

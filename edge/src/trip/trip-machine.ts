/** When a trip begins, goes on and ends: a state machine over what is observed at each tick. Pure. */

/** What is seen of the car at one instant. */
export interface Observation {
  /** The monotonic clock. */
  readonly monoMs: number;
  /** Whether the car answers on its bus: the ignition is on. */
  readonly carAnswers: boolean;
  readonly rpm?: number | undefined;
  readonly speedKph?: number | undefined;
  /** Speed by satellites; standing still it is not exactly 0. */
  readonly gpsSpeedKph?: number | undefined;
  /** Voltage of the car's battery: an alternator, or a traction battery's converter, raises it. */
  readonly volts?: number | undefined;
}

/** The trip that is going on. */
export interface CurrentTrip {
  readonly id: string;
  /** The seq of the next event. */
  readonly nextSeq: number;
  /** When the car was last seen running, by the monotonic clock. */
  readonly lastRunningMs: number;
}

/** Null while the car is parked. */
export type TripState = CurrentTrip | null;

export interface TripRules {
  /** Longest time without the engine running inside a trip, milliseconds. */
  readonly idleMs: number;
  readonly newId: () => string;
}

/** What a tick leads to. */
export interface TripStep {
  readonly state: TripState;
  /** The trip that ended now. */
  readonly ended: string | null;
  /** The trip that began now. */
  readonly began: string | null;
  /** Whether what was measured belongs into the trip. */
  readonly records: boolean;
}

/** Above this a 12 V system is charging. */
const CHARGING_V = 13.2;
/** Below this, speed by satellites may be noise. */
const MOVING_KPH = 8;
/** So long after the car was last seen running, positions are still recorded: where it was parked. */
const GRACE_MS = 60_000;

/** The state after an observation. */
export function stepTrip(state: TripState, seen: Observation, rules: TripRules): TripStep {
  const running = isRunning(seen);
  const isOver = state !== null && seen.monoMs - state.lastRunningMs > rules.idleMs;
  const going = isOver ? null : state;
  const ended = isOver ? state.id : null;
  if (!running) return { state: going, ended, began: null, records: going !== null && isRecorded(going, seen) };
  const trip = going ?? { id: rules.newId(), nextSeq: 1, lastRunningMs: 0 };
  const began = going === null ? trip.id : null;
  return { state: { ...trip, lastRunningMs: seen.monoMs }, ended, began, records: true };
}

/** By revolutions, by movement, or, where the car tells no revolutions, by a voltage that only a running one has. */
export function isRunning({ carAnswers, rpm = 0, speedKph = 0, gpsSpeedKph = 0, volts = 0 }: Observation): boolean {
  if (rpm > 0 || speedKph > 0 || gpsSpeedKph >= MOVING_KPH) return true;
  return carAnswers && volts >= CHARGING_V;
}

/** What was left of a trip when the program ended without a word. */
export interface LeftTrip {
  readonly id: string;
  readonly lastSeq: number;
  /** How long ago its last event was, milliseconds; null where nobody knows. */
  readonly agoMs: number | null;
}

/** Goes on with the trip if it can't be over yet. What nobody knows is no reason to go on. */
export function resumeTrip({ id, lastSeq, agoMs }: LeftTrip, monoMs: number, { idleMs }: TripRules): TripState {
  if (agoMs === null || agoMs > idleMs || agoMs < -idleMs) return null;
  return { id, nextSeq: lastSeq + 1, lastRunningMs: monoMs - Math.max(0, agoMs) };
}

function isRecorded(trip: CurrentTrip, { carAnswers, monoMs }: Observation): boolean {
  return carAnswers || monoMs - trip.lastRunningMs <= GRACE_MS;
}

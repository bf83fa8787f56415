/**
 * How a trip was driven and what it took: hard braking and acceleration, idling, fuel. Part of a trip's totals: plain
 * data, folded row by row in order of time, by the table `DRIVING` of the contract.
 */
import { DRIVING, type SignalValues } from '@fleet/contract';

/** Neighbouring readings further apart say nothing about the time between, milliseconds. */
const LONGEST_STEP_MS = 3_000;
/** Fuel is asked for less often, and changes less between, milliseconds. */
const LONGEST_FUEL_STEP_MS = 30_000;
const MS_PER_HOUR = 3_600_000;

/** A reading and when it was, milliseconds since 1970. */
interface Sample {
  readonly ts: number;
  readonly value: number;
}

/** How long something has lasted, milliseconds. */
interface Lasting {
  braking: number;
  acceleration: number;
  idling: number;
}

export interface DrivingTotals {
  /** Times that it braked hard, or accelerated hard. */
  braking_count: number;
  acceleration_count: number;
  /** Time that it idled, milliseconds. */
  idle_ms: number;
  /** Litres that it burnt; null where nothing told the rate. */
  fuel_l: number | null;
  /** Newest readings. */
  speed: Sample | null;
  rpm: Sample | null;
  fuel: Sample | null;
  lasting: Lasting;
}

export function startDriving(): DrivingTotals {
  return {
    braking_count: 0,
    acceleration_count: 0,
    idle_ms: 0,
    fuel_l: null,
    speed: null,
    rpm: null,
    fuel: null,
    lasting: { braking: 0, acceleration: 0, idling: 0 },
  };
}

/** Adds what counts of a row, and its speed in km/h if it has one; rows come in order of time. */
export function addToDriving(totals: DrivingTotals, ts: number, values: SignalValues, kph: number | undefined): void {
  const { rpm, accel_long_mps2, fuel_rate_lph } = values as Partial<SignalValues>;
  if (rpm !== undefined) totals.rpm = { ts, value: rpm };
  if (fuel_rate_lph !== undefined) addFuel(totals, { ts, value: fuel_rate_lph });
  if (kph !== undefined) addSpeed(totals, { ts, value: kph }, accel_long_mps2);
}

/** Trapezoids of the rate. */
function addFuel(totals: DrivingTotals, now: Sample): void {
  const ms = since(totals.fuel, now, LONGEST_FUEL_STEP_MS);
  const litres = (((totals.fuel?.value ?? 0) + now.value) / 2) * (ms / MS_PER_HOUR);
  totals.fuel_l = (totals.fuel_l ?? 0) + litres;
  totals.fuel = now;
}

function addSpeed(totals: DrivingTotals, now: Sample, measured: number | undefined): void {
  const { speed } = totals;
  const ms = since(speed, now, LONGEST_STEP_MS);
  const mps2 = measured ?? (now.value - (speed?.value ?? 0)) / 3.6 / (ms / 1_000);
  const { lasting } = totals;
  lasting.braking = lastingOf(totals, 'braking', ms, mps2 <= -DRIVING.harsh_mps2);
  lasting.acceleration = lastingOf(totals, 'acceleration', ms, mps2 >= DRIVING.harsh_mps2);
  lasting.idling = ms === 0 ? 0 : addIdling(totals, now, ms);
  totals.speed = now;
}

/** How long it brakes or accelerates hard by now; counted once, when that is long enough. */
function lastingOf(totals: DrivingTotals, kind: 'braking' | 'acceleration', ms: number, isHarsh: boolean): number {
  if (ms === 0 || !isHarsh) return 0;
  const before = totals.lasting[kind];
  const least = DRIVING.harsh_s * 1_000;
  if (before < least && before + ms >= least) totals[`${kind}_count`]++;
  return before + ms;
}

/** How long it idles by now; counted as a whole once that is long enough. */
function addIdling(totals: DrivingTotals, now: Sample, ms: number): number {
  const { rpm, lasting } = totals;
  const isRunning = rpm !== null && now.ts - rpm.ts <= LONGEST_STEP_MS && rpm.value >= DRIVING.running_rpm;
  if (!isRunning || now.value > DRIVING.standing_kph) return 0;
  const idling = lasting.idling + ms;
  const least = DRIVING.idling_s * 1_000;
  if (idling >= least) totals.idle_ms += lasting.idling < least ? idling : ms;
  return idling;
}

/** Milliseconds between two readings; 0 where they are too far apart, or there is no first one. */
function since(before: Sample | null, now: Sample, longest: number): number {
  const ms = before === null ? 0 : now.ts - before.ts;
  return ms <= longest ? ms : 0;
}

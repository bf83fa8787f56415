/** The values of OBD-II service 01 that are asked for. Each is linear in what the car sends. @see SAE J1979, appendix B */
import type { SignalName } from '@fleet/contract';

/** How often a value is worth asking for. */
export type RateClass = 'fast' | 'medium' | 'slow' | 'rare';

/** Time between two answers, milliseconds; `fast` is once for each event. */
export const RATE_MS: Readonly<Record<Exclude<RateClass, 'fast'>, number>> = {
  medium: 5_000,
  slow: 30_000,
  rare: 120_000,
};

/** One row: the value is the bytes as one unsigned number, times `scale`, plus `offset`. */
export interface Pid {
  readonly pid: number;
  readonly signal: SignalName;
  readonly bytes: 1 | 2 | 4;
  readonly scale: number;
  readonly offset: number;
  readonly rate: RateClass;
}

export const PIDS: readonly Pid[] = [
  row(0x0c, 'rpm', 2, 1 / 4, 0, 'fast'),
  row(0x0d, 'speed_kph', 1, 1, 0, 'fast'),
  row(0x11, 'throttle_pos', 1, 1 / 255, 0, 'fast'),
  row(0x04, 'engine_load_pct', 1, 100 / 255, 0, 'medium'),
  row(0x0b, 'map_kpa', 1, 1, 0, 'medium'),
  row(0x10, 'maf_g_s', 2, 1 / 100, 0, 'medium'),
  row(0x5e, 'fuel_rate_lph', 2, 1 / 20, 0, 'medium'),
  row(0x05, 'coolant_c', 1, 1, -40, 'slow'),
  row(0x06, 'fuel_trim_short_pct', 1, 100 / 128, -100, 'slow'),
  row(0x07, 'fuel_trim_long_pct', 1, 100 / 128, -100, 'slow'),
  row(0x0f, 'intake_c', 1, 1, -40, 'slow'),
  row(0x42, 'battery_v', 2, 1 / 1_000, 0, 'slow'),
  row(0x5c, 'oil_c', 1, 1, -40, 'slow'),
  row(0x2f, 'fuel_level_pct', 1, 100 / 255, 0, 'rare'),
  row(0x46, 'ambient_c', 1, 1, -40, 'rare'),
  row(0x5b, 'soc_pct', 1, 100 / 255, 0, 'rare'),
  row(0xa6, 'odometer_km', 4, 1 / 10, 0, 'rare'),
];

const BY_NUMBER = new Map(PIDS.map((pid) => [pid.pid, pid]));

export function pidOf(number: number): Pid | undefined {
  return BY_NUMBER.get(number);
}

/** A number as it is written in requests. */
export function hex(number: number): string {
  return number.toString(16).toUpperCase().padStart(2, '0');
}

function row(
  pid: number,
  signal: SignalName,
  bytes: Pid['bytes'],
  scale: number,
  offset: number,
  rate: RateClass,
): Pid {
  return { pid, signal, bytes, scale, offset, rate };
}

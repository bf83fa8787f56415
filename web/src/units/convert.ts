/** Units that people choose. Everything is stored and computed in those of the contract. */
import { isSignalName, SIGNALS } from '@fleet/contract';

export type UnitSystem = 'metric' | 'imperial';

/** A unit, and how a number of the contract's unit becomes one of it. */
export interface Unit {
  readonly label: string;
  readonly from: (value: number) => number;
}

const same = (value: number) => value;

/** By the contract's unit. What is not here is the same for everybody. */
const IMPERIAL: Readonly<Record<string, Unit>> = {
  'km/h': { label: 'mph', from: (kph) => kph / 1.609_344 },
  km: { label: 'mi', from: (km) => km / 1.609_344 },
  m: { label: 'ft', from: (m) => m / 0.304_8 },
  '°C': { label: '°F', from: (c) => c * 1.8 + 32 },
  kPa: { label: 'psi', from: (kpa) => kpa / 6.894_757 },
  'l/h': { label: 'gal/h', from: (lph) => lph / 3.785_412 },
};

/** Shares of one are shown as people say them. */
const PERCENT: Unit = { label: '%', from: (share) => share * 100 };
const SHARES: readonly string[] = ['throttle_pos'];

/** How a signal is shown; custom ones as they are, their names tell the unit. */
export function unitOfSignal(system: UnitSystem, signal: string): Unit {
  return SHARES.includes(signal) ? PERCENT : unitIn(system, unitOf(signal));
}

/** How a unit of the contract is shown. */
export function unitIn(system: UnitSystem, unit: string): Unit {
  return (system === 'imperial' && IMPERIAL[unit]) || { label: unit, from: same };
}

/** The contract's unit of a signal; `''` for custom ones, whose names tell it. */
export function unitOf(signal: string): string {
  return isSignalName(signal) ? SIGNALS[signal].unit : '';
}

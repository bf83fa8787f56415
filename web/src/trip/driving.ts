/** How a trip was driven: hard manoeuvres and idling, by the table `DRIVING` of the contract. Pure. */
import { DRIVING } from '@fleet/contract';
import type { Columns } from './columns.ts';

export interface HarshEvent {
  readonly kind: 'braking' | 'acceleration' | 'cornering';
  /** When it began, milliseconds since 1970. */
  readonly time: number;
  readonly seconds: number;
  /** The greatest, m/s². */
  readonly peak_mps2: number;
}

export interface IdlePeriod {
  readonly time: number;
  readonly seconds: number;
}

/** The signals that tell it. */
export const DRIVING_SIGNALS = [
  'speed_kph',
  'gps_speed_kph',
  'rpm',
  'heading_deg',
  'accel_long_mps2',
  'accel_lat_mps2',
];

/** A value for each second from the trip's first on; not a number where nothing is known. */
type Seconds = Float64Array;

/** Values further apart say nothing about the seconds between, milliseconds. */
const LONGEST_STEP_MS = 3_000;

export function harshEvents(columns: Columns): HarshEvent[] {
  const speed = speedOf(columns);
  const lengthwise = secondsOf(columns, 'accel_long_mps2') ?? changes(speed, 1 / 3.6);
  const sideways = secondsOf(columns, 'accel_lat_mps2') ?? turning(speed, columns);
  const found = (kind: HarshEvent['kind'], seconds: Seconds, isHarsh: (value: number) => boolean) =>
    runsOf(seconds, isHarsh, DRIVING.harsh_s).map(([from, end]) => ({
      kind,
      time: beginOf(columns) + from * 1_000,
      seconds: end - from,
      peak_mps2: Math.max(...seconds.subarray(from, end).map(Math.abs)),
    }));
  return [
    ...found('braking', lengthwise, (value) => value <= -DRIVING.harsh_mps2),
    ...found('acceleration', lengthwise, (value) => value >= DRIVING.harsh_mps2),
    ...found('cornering', sideways, (value) => Math.abs(value) >= DRIVING.harsh_mps2),
  ].sort((a, b) => a.time - b.time);
}

/** Where nothing tells the engine's speed there is no idling to be seen. */
export function idlePeriods(columns: Columns): IdlePeriod[] {
  const speed = speedOf(columns);
  const rpm = secondsOf(columns, 'rpm') ?? new Float64Array();
  const idles = rpm.map((value, at) =>
    Number(value >= DRIVING.running_rpm && (speed[at] ?? 1e9) <= DRIVING.standing_kph),
  );
  return runsOf(idles, (value) => value === 1, DRIVING.idling_s).map(([from, end]) => ({
    time: beginOf(columns) + from * 1_000,
    seconds: end - from,
  }));
}

function speedOf(columns: Columns): Seconds {
  return secondsOf(columns, 'speed_kph') ?? secondsOf(columns, 'gps_speed_kph') ?? new Float64Array();
}

function beginOf({ times }: Columns): number {
  return times[0] ?? 0;
}

/** A signal at each full second, straight between what was measured; undefined if the trip does not have it. */
function secondsOf({ times, values }: Columns, signal: string): Seconds | undefined {
  const column = values[signal];
  if (column === undefined || column.length === 0) return undefined;
  const begin = times[0] ?? 0;
  const seconds = new Float64Array(Math.floor(((times.at(-1) ?? 0) - begin) / 1_000) + 1).fill(Number.NaN);
  let before: Measured | undefined;
  for (const [index, time] of times.entries()) {
    const value = column[index];
    if (value === undefined) continue;
    const now = { ms: time - begin, value };
    fill(seconds, before !== undefined && now.ms - before.ms <= LONGEST_STEP_MS ? before : now, now);
    before = now;
  }
  return seconds;
}

interface Measured {
  /** Since the trip's first event. */
  readonly ms: number;
  readonly value: number;
}

/** The full seconds from one measurement to the next, both included. */
function fill(seconds: Seconds, from: Measured, to: Measured): void {
  for (let second = Math.ceil(from.ms / 1_000); second * 1_000 <= to.ms; second++) {
    const share = to.ms === from.ms ? 0 : (second * 1_000 - from.ms) / (to.ms - from.ms);
    seconds[second] = from.value + share * (to.value - from.value);
  }
}

/** From each second to the next. */
function changes(seconds: Seconds, factor: number): Seconds {
  return seconds.map((value, at) => ((seconds[at + 1] ?? Number.NaN) - value) * factor);
}

/** Sideways acceleration as speed times turn: 0 where it is too slow for headings to mean anything. */
function turning(speed: Seconds, columns: Columns): Seconds {
  const heading = columns.values['heading_deg'];
  if (heading === undefined) return new Float64Array();
  const radians = (angle: number) => (angle * Math.PI) / 180;
  const of = (part: (angle: number) => number) => {
    const values = heading.map((angle) => (angle === undefined ? undefined : part(radians(angle))));
    return secondsOf({ times: columns.times, values: { part: values } }, 'part') ?? new Float64Array();
  };
  const [sin, cos] = [of(Math.sin), of(Math.cos)];
  const angles = sin.map((y, at) => Math.atan2(y, cos[at] ?? Number.NaN));
  return changes(angles, 1).map((turn, at) => {
    const kph = speed[at] ?? Number.NaN;
    return kph < DRIVING.cornering_kph ? 0 : (Math.atan2(Math.sin(turn), Math.cos(turn)) * kph) / 3.6;
  });
}

/** Stretches of at least so many seconds for which something holds: first, and the one after the last. */
function runsOf(seconds: Seconds, holds: (value: number) => boolean, least: number): [from: number, end: number][] {
  const runs: [number, number][] = [];
  let from = 0;
  for (let at = 0; at <= seconds.length; at++) {
    if (at < seconds.length && holds(seconds[at] ?? Number.NaN)) continue;
    if (at - from >= least) runs.push([from, at]);
    from = at + 1;
  }
  return runs;
}

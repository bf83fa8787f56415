/** Numbers and times as people of a language and a system of units write them. */
import { type Unit, type UnitSystem, unitIn, unitOf, unitOfSignal } from './convert.ts';

export interface Format {
  distance(km: number): string;
  speed(kph: number): string;
  /** A signal's value with its unit. */
  signal(name: string, value: number): string;
  number(value: number, decimals?: number): string;
  /** Hours and minutes, or minutes and seconds below ten minutes. */
  duration(seconds: number): string;
  /** How long ago something was, as short as can be. */
  age(ms: number): string;
  bytes(count: number): string;
  /** Hours and minutes by the clock of a place. */
  clock(time: number | string, timeZone?: string | null): string;
  clockSeconds(time: number | string, timeZone?: string | null): string;
  /** The day with its weekday. */
  day(time: number | string, timeZone?: string | null): string;
  dayAndClock(time: number | string, timeZone?: string | null): string;
}

export function createFormat(locale: string, system: UnitSystem): Format {
  const numbers = new Map<number, Intl.NumberFormat>();
  const number = (value: number, decimals = 0) => {
    const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    const format = numbers.get(decimals) ?? new Intl.NumberFormat(locale, options);
    numbers.set(decimals, format);
    return format.format(value);
  };
  const inUnit = ({ label, from }: Unit, value: number, decimals?: (shown: number) => number) => {
    const shown = from(value);
    return label === '' ? number(shown, decimals?.(shown)) : `${number(shown, decimals?.(shown))}\u202f${label}`;
  };
  const dates = (options: Intl.DateTimeFormatOptions) => dateFormat(locale, options);
  return {
    number,
    distance: (km) => inUnit(unitIn(system, 'km'), km, (shown) => (shown < 100 ? 1 : 0)),
    speed: (kph) => inUnit(unitIn(system, 'km/h'), kph),
    signal: (name, value) => inUnit(unitOfSignal(system, name), value, (shown) => decimalsOf(name, shown)),
    duration,
    age: ageFormat(locale),
    bytes: (count) => bytes(locale, count),
    clock: dates({ hour: '2-digit', minute: '2-digit' }),
    clockSeconds: dates({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    day: dates({ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }),
    dayAndClock: dates({ year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }),
  };
}

/** Formats times by the clock of a place. Formatters are dear to make: one is kept for each place. */
function dateFormat(locale: string, options: Intl.DateTimeFormatOptions) {
  const formats = new Map<string, Intl.DateTimeFormat>();
  return (time: number | string, timeZone?: string | null) => {
    const place = timeZone ?? '';
    let format = formats.get(place);
    if (format === undefined) {
      format = new Intl.DateTimeFormat(locale, { ...options, ...(place !== '' && { timeZone: place }) });
      formats.set(place, format);
    }
    return format.format(new Date(time));
  };
}

/** What the eye can use: whole numbers for large ones, tenths of volts and of what is small. */
function decimalsOf(signal: string, shown: number): number {
  if (signal === 'lat' || signal === 'lon') return 5;
  if (unitOf(signal) === 'V') return 1;
  return Math.abs(shown) < 10 && !Number.isInteger(shown) ? 1 : 0;
}

function duration(seconds: number): string {
  const whole = seconds < 600 ? Math.round(seconds) : 60 * Math.round(seconds / 60);
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor((whole % 3_600) / 60);
  if (hours > 0) return `${hours}\u202fh ${`${minutes}`.padStart(2, '0')}\u202fmin`;
  if (minutes >= 10) return `${minutes}\u202fmin`;
  return minutes > 0 ? `${minutes}\u202fmin ${`${whole % 60}`.padStart(2, '0')}\u202fs` : `${whole}\u202fs`;
}

const AGES = [
  ['year', 365.25 * 86_400_000],
  ['month', 30.44 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

function ageFormat(locale: string): (ms: number) => string {
  let format: Intl.RelativeTimeFormat | undefined;
  return (ms) => {
    format ??= new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
    const [unit, size] = AGES.find(([, limit]) => ms >= limit) ?? AGES[5];
    return format.format(-Math.max(0, Math.floor(ms / size)), unit);
  };
}

const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

function bytes(locale: string, count: number): string {
  const step = Math.min(BYTES.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  const value = count / 1_000 ** step;
  const maximumFractionDigits = value < 10 && step > 0 ? 1 : 0;
  return value.toLocaleString(locale, { style: 'unit', unit: BYTES[step] ?? 'byte', maximumFractionDigits });
}

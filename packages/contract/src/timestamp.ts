/**
 * Times on the wire are UTC in ISO 8601's extended form, as RFC 3339 profiles it: `2025-11-04T12:00:00Z`, up to nine
 * decimal places of a second, of which milliseconds are kept.
 *
 * `Date.parse` is not enough: it turns 31 February into 3 March, takes local times for lack of a zone, and has no leap
 * second. A leap second is refused rather than moved: moved, it would take the key of the second beside it.
 */
export const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]00:00)$/;

/** The first instant that can be true: an older time is a clock that was never set (1970, 1980, a GPS week roll-over). */
export const EARLIEST_MS = Date.UTC(2010);

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** The calendar repeats itself after so long, milliseconds. */
const MS_PER_400_YEARS = 146_097 * 86_400_000;

/**
 * Milliseconds since 1970 of a UTC timestamp that an event can have, or, as text, what is wrong with it: not of the
 * form, no such day or time, a leap second, before 2010.
 */
export function parseTimestamp(text: string): number | string {
  const time = parseAnyTime(text);
  return typeof time === 'number' && time < EARLIEST_MS ? 'is before 2010: the clock was not set' : time;
}

/** The same for a time that somebody asks for: it may be before 2010. */
export function parseAnyTime(text: string): number | string {
  if (!TIMESTAMP.test(text)) return 'must be UTC as in 2025-11-04T12:00:00Z';
  const year = pair(text, 0) * 100 + pair(text, 2);
  const month = pair(text, 5);
  const day = pair(text, 8);
  const hour = pair(text, 11);
  const minute = pair(text, 14);
  const second = pair(text, 17);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return 'is no day of the calendar';
  if (second === 60) return 'is a leap second, which has no place of its own in a time series: send :59 or :00';
  if (hour > 23 || minute > 59 || second > 59) return 'is no time of day';
  // `Date.UTC` takes the years 0 to 99 for 1900 to 1999.
  return Date.UTC(year + 400, month - 1, day, hour, minute, second, milliseconds(text)) - MS_PER_400_YEARS;
}

/** A time in milliseconds since 1970 as the wire has it, without `.000`. */
export function formatTimestamp(ms: number): string {
  const whole = Math.trunc(ms);
  const day = Math.floor(whole / MS_PER_DAY);
  if (day !== lastDay.number) lastDay = { number: day, text: new Date(whole).toISOString().slice(0, -TIME_LENGTH) };
  const ofDay = whole - day * MS_PER_DAY;
  const [minutes, ofMinute] = [Math.floor(ofDay / 60_000), ofDay % 60_000];
  const [second, millis] = [Math.floor(ofMinute / 1_000), ofMinute % 1_000];
  const clock = `${PAIRS[Math.floor(minutes / 60)]}:${PAIRS[minutes % 60]}:${PAIRS[second]}`;
  return `${lastDay.text}${clock}${millis === 0 ? '' : `.${`${millis}`.padStart(3, '0')}`}Z`;
}

const MS_PER_DAY = 86_400_000;
/** Of what follows the T. */
const TIME_LENGTH = '00:00:00.000Z'.length;
const PAIRS = Array.from({ length: 60 }, (_, number) => `${number}`.padStart(2, '0'));
/** Times that are written one after the other are mostly of one day; the calendar costs more than all the rest. */
let lastDay = { number: Number.NaN, text: '' };

/** The number in two digits at an index of a text that is known to have them there. */
function pair(text: string, at: number): number {
  return text.charCodeAt(at) * 10 + text.charCodeAt(at + 1) - 528;
}

function milliseconds(text: string): number {
  return text[19] === '.' ? Number(text.slice(20, 23).replace(/\D.*/, '').padEnd(3, '0')) : 0;
}

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
}

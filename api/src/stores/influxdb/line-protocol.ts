/**
 * Line protocol, written by template: an object for each point costs nine times as much.
 * @see https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/
 */

/** A measurement's, tag's or field's name, or a tag's value, which must not be empty. */
export function key(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[\\,= \n]/g, escaped) : text;
}

/** A string field's value. */
export function quoted(text: string): string {
  return `"${QUOTES.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`;
}

/** A time of whole milliseconds in nanoseconds, and so many nanoseconds beyond. As text: it exceeds 2^53. */
export function nanoseconds(ms: number, beyond = 0): string {
  return `${ms}${`${beyond}`.padStart(6, '0')}`;
}

/** Whole milliseconds of a time in nanoseconds. */
export function milliseconds(ns: string): number {
  return Number(ns.slice(0, -6));
}

const SPECIAL = /[\\,= \n]/;
const QUOTES = /["\\]/;

/** A line break would end the line, a backslash at the end of a tag would escape what follows: neither has a form. */
function escaped(character: string): string {
  return character === '\n' || character === '\\' ? '_' : `\\${character}`;
}

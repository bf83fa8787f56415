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

/** Most characters of one string field; InfluxDB takes a mebibyte. */
const FIELD_CHARACTERS = 500_000;

/** Fields that hold a JSON value of whatever length. */
export function jsonFields(name: string, value: unknown): string {
  const text = asciiOf(JSON.stringify(value));
  const count = Math.ceil(text.length / FIELD_CHARACTERS);
  const pieces = Array.from({ length: count }, (_, index) => {
    const piece = text.slice(index * FIELD_CHARACTERS, (index + 1) * FIELD_CHARACTERS);
    return `,${name}${index}=${quoted(piece)}`;
  });
  return `${name}_pieces=${count}i${pieces.join('')}`;
}

/** The value that `jsonFields` wrote. */
export function jsonIn(row: Readonly<Record<string, string>>, name: string): unknown {
  const count = Number(row[`${name}_pieces`]);
  return JSON.parse(Array.from({ length: count }, (_, index) => row[`${name}${index}`] ?? '').join(''));
}

/** The same JSON in ASCII, which may be cut anywhere. */
function asciiOf(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
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

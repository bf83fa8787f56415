/** What formats have in common: numbers, times, names and parameters as apps write them. */
import {
  bad,
  CUSTOM_SIGNAL_NAME,
  formatTimestamp,
  isSignalName,
  MAX_CUSTOM_SIGNALS,
  ok,
  type Problem,
  parseTimestamp,
  problem,
  RESERVED_NAMES,
  type Result,
  SIGNALS,
} from '@fleet/contract';
import { type JsonBounds, parseWithin } from '../ingest/json-bounds.ts';
import { isSecretName } from './secrets.ts';

/** Which signal a number is, and how it is converted to the signal's unit. */
export interface Reading {
  readonly signal: string;
  /** @default 1 */
  readonly times?: number;
  /** Added after the multiplication. @default 0 */
  readonly plus?: number;
  /** Less than this (in the signal's unit) says that the app does not know. The vocabulary's own bounds hold anyway. */
  readonly least?: number;
}

/** Names of an app, and what they mean. Of two names for one signal the first counts. */
export type Readings = Readonly<Record<string, Reading>>;

/** km/h in a metre a second, and in a knot. */
export const MPS = 3.6;
export const KNOTS = 1.852;

/** Signals of phones that are not in the vocabulary. */
export const ACCURACY: Reading = { signal: 'gps_accuracy_m', least: 0 };
export const PHONE_BATTERY: Reading = { signal: 'phone_battery_pct', least: 0 };

/** From here on a number is an app's way of saying that it has none: the largest float, for one. */
const ABSURD = 1e30;

/** Each digit fits in one place only: text of a million digits must not be tried in a million ways. */
const NUMBER = /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i;
const WORDS: Readonly<Record<string, number>> = { true: 1, false: 0 };

/** The number that an app wrote: as a number, as text, or as true and false. Undefined where there is none. */
export function numberIn(raw: unknown): number | undefined {
  if (typeof raw !== 'number' && typeof raw !== 'string' && typeof raw !== 'boolean') return undefined;
  const text = String(raw).trim();
  const value = NUMBER.test(text) ? Number(text) : (WORDS[text] ?? Number.NaN);
  return Math.abs(value) < ABSURD ? value : undefined;
}

/** The signals of one instant as they are found. What the app does not know is left out. */
export class Signals {
  readonly #values = new Map<string, number>();

  /** Adds what a number says, unless the signal is known already. */
  add({ signal, times = 1, plus = 0, least }: Reading, raw: unknown): void {
    const number = numberIn(raw);
    if (number === undefined || this.#values.has(signal)) return;
    const value = times === 1 && plus === 0 ? number : Number((number * times + plus).toPrecision(12));
    if (isPossible(signal, value) && value >= (least ?? value)) this.#values.set(signal, value);
  }

  /** Adds what a table of an app's names says about some values. */
  addAll(readings: Readings, find: (name: string) => unknown): void {
    for (const [name, reading] of Object.entries(readings)) this.add(reading, find(name));
  }

  /** Adds a position. One at 0, 0 is a receiver without a fix. */
  addPlace(lat: unknown, lon: unknown): void {
    const [y, x] = [numberIn(lat), numberIn(lon)];
    if (y === undefined || x === undefined || (y === 0 && x === 0)) return;
    this.#values.set('lat', y).set('lon', x);
  }

  /**
   * The event, if there is anything in it. Without a time it is there to be complained of. Custom signals beyond their
   * bound are left out, the last first.
   */
  event(ts: string | undefined, dtcs?: readonly string[]): readonly Readonly<Record<string, unknown>>[] {
    let custom = 0;
    const kept = [...this.#values].filter(([name]) => isSignalName(name) || ++custom <= MAX_CUSTOM_SIGNALS);
    if (kept.length === 0 && (dtcs ?? []).length === 0) return [];
    return [{ ...(ts !== undefined && { ts }), ...Object.fromEntries(kept), ...(dtcs && { dtcs }) }];
  }
}

/** Whether a signal can have a value. A place that can't be is left to be complained of. */
function isPossible(signal: string, value: number): boolean {
  if (!isSignalName(signal)) return true;
  const { min, max } = SIGNALS[signal];
  return value >= min && value <= max;
}

/**
 * A name of the app's as the name of a custom signal; what is named like a signal of the vocabulary is that signal. A
 * password is none, though it may be a number.
 */
export function signalNamed(name: string): string | undefined {
  const snake = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[_0-9]+|_+$/g, '')
    .slice(0, 64);
  if (!CUSTOM_SIGNAL_NAME.test(snake) || isSecretName(snake)) return undefined;
  return RESERVED_NAMES.includes(snake) ? `app_${snake}` : snake;
}

/** A time in milliseconds since 1970 as events have it; what is no time stays what it was, to be complained of. */
export function timeText(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? formatTimestamp(Math.trunc(ms)) : String(ms);
}

const LOCAL_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?(?:Z|([+-])(\d\d):?(\d\d))?$/i;

/** A time of ISO 8601 with any offset, or none for UTC, as events have it; what is no time stays as it is. */
export function isoText(text: string): string {
  const [, day, time, fraction = '', sign, hours, minutes] = LOCAL_TIME.exec(text.trim()) ?? [];
  const local = day === undefined ? text : parseTimestamp(`${day}T${time}${fraction}Z`);
  if (typeof local === 'string') return text;
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return timeText(sign === '-' ? local + offset : local - offset);
}

/** Epoch seconds below this, milliseconds from here on. */
const LEAST_MS = 2 ** 31;

/** A time as epoch seconds, epoch milliseconds or ISO 8601; undefined where there is none. */
export function anyTime(raw: unknown): string | undefined {
  if (raw === undefined || raw === null || raw === '') return undefined;
  const number = numberIn(raw);
  if (number === undefined || typeof raw === 'boolean') return isoText(String(raw));
  return timeText(number < LEAST_MS ? number * 1_000 : number);
}

/** What an app calls itself, in the form that a vehicle's aliases have: at most 64 of A-Z, a-z, 0-9, _ and -. */
export function aliasOf(raw: unknown): string | undefined {
  if (typeof raw !== 'string' && typeof raw !== 'number') return undefined;
  const text = String(raw).replaceAll(/[^A-Za-z0-9_-]+/g, '-');
  return /^-*(\w(?:[\w-]{0,62}\w)?)/.exec(text)?.[1];
}

/** The names that an app goes by, without those that it does not say. */
export function aliasesOf(...raw: readonly unknown[]): string[] {
  return [...new Set(raw.map(aliasOf).filter((alias) => alias !== undefined))];
}

/** Parameters by name, of those that repeat the last. Names are looked up as `nameOf` gives them. */
export function parametersOf(
  sources: readonly URLSearchParams[],
  nameOf: (name: string) => string = (name) => name,
): ReadonlyMap<string, string> {
  return new Map(sources.flatMap((source) => [...source].map(([name, value]) => [nameOf(name), value] as const)));
}

/** Largest form, and most fields of one: far more than any app sends for one instant. */
const MAX_FORM_BYTES = 64 * 1_024;
const MOST_FIELDS = 1_000;

/** The body of a form. */
export function formOf(body: Buffer): Result<URLSearchParams, Problem> {
  if (body.length > MAX_FORM_BYTES) return notWhat(`is a form of more than ${MAX_FORM_BYTES / 1_024} KiB`);
  const form = new URLSearchParams(body.toString());
  return form.size > MOST_FIELDS ? notWhat(`is a form of more than ${MOST_FIELDS} fields`) : ok(form);
}

/** Something with members, as JSON has it. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is an object; an empty one where it is none. */
export function objectIn(value: unknown, name: string): JsonObject {
  const member = isObject(value) ? value[name] : undefined;
  return isObject(member) ? member : {};
}

/** Bounds of JSON: as many values as a body of the greatest size can have of what apps send, a sample with all that a car says. */
export const APP_JSON: JsonBounds = { values: 100_000, members: 1_000 };

/** A JSON body that must be an object. */
export function jsonObject(body: Buffer): Result<JsonObject, Problem> {
  const value = parseWithin(body, APP_JSON);
  if (!value.ok) return value;
  return isObject(value.value) ? ok(value.value) : notWhat('must be a JSON object');
}

/** A JSON body of one object, or an array of them. */
export function jsonObjects(body: Buffer): Result<readonly JsonObject[], Problem> {
  const value = parseWithin(body, APP_JSON);
  if (!value.ok) return value;
  const all = Array.isArray(value.value) ? value.value : [value.value];
  return all.every(isObject) ? ok(all) : notWhat('must be a JSON object, or an array of objects');
}

/** The problem of a body that is JSON, but not what the app sends. */
export function notWhat(detail: string): Result<never, Problem> {
  return bad(problem('malformed-body', `the body ${detail}`, [{ pointer: '', detail }]));
}

/**
 * Settings come from the environment (12-factor) and are described by a table, one row each: the table types the
 * configuration, checks it, and writes its documentation.
 */
import { parseDuration, parseSize } from './quantity.ts';
import { type Environment, withSecretFiles } from './secret-files.ts';

/** A value, or what is wrong, in words. */
export type Reading<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** One row of a table of settings. */
export interface Setting<T> {
  /** What kind of text it takes, for people. */
  readonly kind: string;
  /** The default as it would be written in the environment; without one the setting is optional. */
  readonly default?: string;
  /** Whether its value must never be shown. */
  readonly secret: boolean;
  /** What it does, in a sentence or two. */
  readonly doc: string;
  /** The value, or what is wrong with the text. */
  parse(text: string): Reading<T, string>;
}

/** A table of settings by the names of their environment variables. */
export type SettingsSpec = Readonly<Record<string, Setting<unknown>>>;

/** The configuration that a table describes: undefined only where a setting has no default. */
export type Settings<Spec extends SettingsSpec> = {
  readonly [Name in keyof Spec]: Spec[Name] extends { readonly default: string }
    ? Parsed<Spec[Name]>
    : Parsed<Spec[Name]> | undefined;
};

/** An address of this machine, and a port; 0 for a free one. */
export interface Listener {
  readonly host: string;
  readonly port: number;
}

type Parsed<S> = S extends Setting<infer T> ? T : never;
/** What a row says for itself; with a default the setting is always there. */
interface Row {
  readonly doc: string;
  readonly default?: string;
}

/** The configuration in an environment, or everything that is wrong with it, a line each. */
export function readSettings<Spec extends SettingsSpec>(
  spec: Spec,
  env: Environment,
): Reading<Settings<Spec>, readonly string[]> {
  const whole = withSecretFiles(spec, env);
  const errors: string[] = [...whole.errors];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(spec)) {
    const text = whole.env[name]?.trim() || setting.default;
    if (text === undefined) continue;
    const parsed = setting.parse(text);
    if (parsed.ok) values[name] = parsed.value;
    else errors.push(`${name}${setting.secret ? '' : `=${text}`} ${parsed.error}`);
  }
  return errors.length > 0 ? bad(errors) : ok(Object.freeze(values) as Settings<Spec>);
}

/** Any text. */
export function text<const R extends Row>(row: R): Setting<string> & R {
  return setting('text', row, ok);
}

/** A text that is never shown. */
export function secret<const R extends Row>(row: R): Setting<string> & R {
  return { ...setting('secret', row, ok), secret: true };
}

/** One of a few words. */
export function oneOf<const W extends readonly string[], const R extends Row & { readonly default?: W[number] }>(
  words: W,
  row: R,
): Setting<W[number]> & R {
  const list = words.join(', ');
  return setting(words.join(' | '), row, (value) =>
    words.includes(value) ? ok(value) : bad(`must be one of ${list}`),
  );
}

/** `on` or `off`. */
export function onOff<const R extends Row>(row: R): Setting<boolean> & R {
  const words: Readonly<Record<string, boolean>> = { on: true, off: false };
  return setting('on | off', row, (value) =>
    Object.hasOwn(words, value) ? ok(words[value] === true) : bad('must be on or off'),
  );
}

/** A whole number between two bounds, both included. */
export function integer<const R extends Row>(min: number, max: number, row: R): Setting<number> & R {
  return setting(`${min} … ${max}`, row, (value) => {
    const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN;
    return number >= min && number <= max ? ok(number) : bad(`must be a whole number from ${min} to ${max}`);
  });
}

/** A stretch of time, in milliseconds. */
export function duration<const R extends Row>(row: R): Setting<number> & R {
  return setting('duration', row, (value) => {
    const ms = parseDuration(value);
    return ms === undefined || ms === 0 ? bad('must be a duration as in 90s, 5m, 12h or 7d') : ok(ms);
  });
}

/** A stretch of time in milliseconds, or `off`, which is null. */
export function durationOrOff<const R extends Row>(row: R): Setting<number | null> & R {
  const { parse } = duration({ doc: row.doc });
  return setting<number | null, R>('duration | off', row, (value) => {
    if (value === 'off') return ok(null);
    const parsed = parse(value);
    return parsed.ok ? parsed : bad(`${parsed.error}, or off`);
  });
}

/** An amount of bytes. */
export function size<const R extends Row>(row: R): Setting<number> & R {
  return setting('size', row, (value) => {
    const bytes = parseSize(value);
    return bytes === undefined ? bad('must be a size as in 64KiB, 512MiB or 2GiB') : ok(bytes);
  });
}

/** An http or https address without a path of its own; the trailing slash is taken off. */
export function url<const R extends Row>(row: R): Setting<string> & R {
  return setting('http(s) address', row, (value) => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    return parsed !== undefined && /^https?:$/.test(parsed.protocol)
      ? ok(value.replace(/\/+$/, ''))
      : bad('must be an address as in https://fleet.example.org');
  });
}

/** An http or https address, or `off`, which is null. */
export function urlOrOff<const R extends Row>(row: R): Setting<string | null> & R {
  const { parse } = url({ doc: row.doc });
  return setting<string | null, R>('http(s) address | off', row, (value) =>
    value === 'off' ? ok(null) : parse(value),
  );
}

/** The address of an MQTT broker. */
export function brokerUrl<const R extends Row>(row: R): Setting<URL> & R {
  return setting('mqtt(s) address', row, (value) => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    const isPlace = parsed !== undefined && /^mqtts?:$/.test(parsed.protocol) && parsed.hostname !== '';
    if (!isPlace) return bad('must be an address as in mqtt://localhost or mqtts://broker.example.org:8883');
    return parsed.username + parsed.password === ''
      ? ok(parsed)
      : bad('must not hold a password: set MQTT_USERNAME and MQTT_PASSWORD');
  });
}

/** Where to listen, as `host:port`, or `off`, which is null. */
export function listenerOrOff<const R extends Row>(row: R): Setting<Listener | null> & R {
  return setting<Listener | null, R>('host:port | off', row, (value) => {
    if (value === 'off') return ok(null);
    const [, bracketed, plain, port] = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s]+)):(\d{1,5})$/.exec(value) ?? [];
    const host = bracketed ?? plain;
    return host !== undefined && Number(port) <= 65_535
      ? ok({ host, port: Number(port) })
      : bad('must be an address and a port as in 0.0.0.0:1883, or off');
  });
}

function setting<T, R extends Row>(kind: string, row: R, parse: (text: string) => Reading<T, string>): Setting<T> & R {
  return { kind, secret: false, parse, ...row };
}

function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

function bad<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

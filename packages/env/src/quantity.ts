/** Amounts as people write them in settings: `90s`, `5m`, `7d`; `64KiB`, `512MiB`. */

/** Milliseconds. */
export type Duration = number;

const DURATION_UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const SIZE_UNITS = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 } as const;

/** Milliseconds of `90s`, `5m`, `7d` …, or undefined where the text is no duration. */
export function parseDuration(text: string): Duration | undefined {
  return parseAmount(text, DURATION_UNITS);
}

/** Bytes of `64KiB`, `512MiB` …, or undefined where the text is no size. */
export function parseSize(text: string): number | undefined {
  return parseAmount(text, SIZE_UNITS);
}

function parseAmount(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, amount, unit] = /^(\d+)([A-Za-z]+)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined || !Object.hasOwn(units, unit)) return undefined;
  const value = Number(amount) * (units[unit] ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : undefined;
}

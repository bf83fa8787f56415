/** Gets lines into InfluxDB, whatever it says: tries again what may succeed, and finds the lines that never will. */
import { HttpError } from '@influxdata/influxdb-client';
import { StoreUnavailableError } from '../../ports.ts';
import { type InfluxClient, RefusedError } from './client.ts';

/** Waits between tries, milliseconds; the last one again and again. */
const WAITS_MS = [50, 100, 200, 400, 800, 1_600];
/** Answers that no waiting changes: a token that is wrong or may not do that, a bucket that is not there. */
const HOPELESS: ReadonlySet<number> = new Set([401, 403, 404]);

/** Lines to be stored. */
export interface Parcel {
  readonly lines: readonly string[];
  /** Lines of our own that go with them, as they are at the time of a try; InfluxDB takes them. */
  readonly marks: () => readonly string[];
  /** No try begins after this but the first, milliseconds since 1970. */
  readonly deadline: number;
}

/**
 * Stores lines in a bucket. Answers why, in InfluxDB's words, where it refuses some of them: nobody knows yet which, and
 * what became of the others. The marks are durable in any case. Throws `StoreUnavailableError`.
 */
export async function deliver(client: InfluxClient, bucket: string, parcel: Parcel): Promise<RefusedError | undefined> {
  const { lines, deadline } = parcel;
  const write = (content: () => readonly string[]) =>
    insist(() => client.write(bucket, content().join('\n')), deadline);
  const error = await refusalOf(write(() => [...parcel.marks(), ...lines]));
  const marks = parcel.marks();
  if (error !== undefined && marks.length > 0) await write(() => marks);
  return error;
}

/** What to look for refused lines in. */
export interface Sieve {
  readonly client: InfluxClient;
  readonly bucket: string;
  /** As of a parcel. */
  readonly deadline: number;
}

/**
 * The portions of lines that InfluxDB refuses something of, each with its error; all others are durable then. `error` is
 * what it said of all together. Found by halving: of a body that can't be parsed none is stored, else all but those dropped.
 */
export function siftPortions(
  sieve: Sieve,
  portions: readonly (readonly string[])[],
  error: RefusedError,
): Promise<Map<number, RefusedError>> {
  return sift(sieve, portions, error, () => false);
}

/** The same for lines, of one vehicle: InfluxDB's words name some of the refused lines, of which all hear. */
export function siftLines(
  sieve: Sieve,
  lines: readonly string[],
  error: RefusedError,
): Promise<Map<number, RefusedError>> {
  const portions = lines.map((line) => [line]);
  return sift(sieve, portions, error, ({ dropped }, count) => dropped === count);
}

/** `isOfAll` tells whether an error is one of all portions, of which there are so many. */
async function sift(
  { client, bucket, deadline }: Sieve,
  portions: readonly (readonly string[])[],
  error: RefusedError,
  isOfAll: (error: RefusedError, count: number) => boolean,
): Promise<Map<number, RefusedError>> {
  const refused = new Map<number, RefusedError>();
  const look = async (from: number, to: number, found: RefusedError): Promise<void> => {
    if (to - from === 1 || isOfAll(found, to - from)) {
      for (let index = from; index < to; index++) refused.set(index, found);
      return;
    }
    const middle = (from + to) >> 1;
    for (const [start, end] of [
      [from, middle],
      [middle, to],
    ] as const) {
      const body = portions.slice(start, end).flat().join('\n');
      const inner = await refusalOf(insist(() => client.write(bucket, body), deadline));
      if (inner !== undefined) await look(start, end, inner);
    }
  };
  await look(0, portions.length, error);
  return refused;
}

async function refusalOf(work: Promise<void>): Promise<RefusedError | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof RefusedError) return error;
    throw error;
  }
}

/** Tries until it works, or the deadline has passed. What is no failure of the server's is thrown at once. */
async function insist(work: () => Promise<void>, deadline: number): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const wait = WAITS_MS[Math.min(tries, WAITS_MS.length - 1)] as number;
      if (!mayPass(error) || Date.now() + wait > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
}

function mayPass(error: unknown): boolean {
  if (!(error instanceof StoreUnavailableError)) return false;
  return !(error.cause instanceof HttpError && HOPELESS.has(error.cause.statusCode));
}

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
 * Stores lines in a bucket; the answer says in InfluxDB's words why the line of an index was refused. The others are
 * durable then. Throws `StoreUnavailableError`.
 */
export async function deliver(client: InfluxClient, bucket: string, parcel: Parcel): Promise<Map<number, string>> {
  const refused = new Map<number, string>();
  const { lines, deadline } = parcel;
  const write = (content: () => readonly string[]) =>
    insist(() => client.write(bucket, content().join('\n')), deadline);

  /** Refused lines are found by halving: of a body that can't be parsed none is stored, else all but those dropped. */
  async function sift(from: number, to: number, { message, dropped }: RefusedError): Promise<void> {
    if (to - from <= 1 || dropped === to - from) {
      for (let index = from; index < to; index++) refused.set(index, message);
      return;
    }
    const middle = (from + to) >> 1;
    for (const [start, end] of [
      [from, middle],
      [middle, to],
    ] as const) {
      const error = await refusalOf(write(() => lines.slice(start, end)));
      if (error !== undefined) await sift(start, end, error);
    }
  }

  const error = await refusalOf(write(() => [...parcel.marks(), ...lines]));
  if (error !== undefined) {
    const marks = parcel.marks();
    if (marks.length > 0) await write(() => marks);
    await sift(0, lines.length, error);
  }
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

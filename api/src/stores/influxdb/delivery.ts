/** Gets lines into InfluxDB: tries again what may succeed, and says of the rest why it does not. */
import { HttpError } from '@influxdata/influxdb-client';
import { StoreUnavailableError } from '../../ports.ts';
import { type InfluxClient, RefusedError } from './client.ts';

/** Waits between tries, milliseconds; the last one again and again. */
const WAITS_MS = [50, 100, 200, 400, 800, 1_600];
/** Answers that no waiting changes: a token that is wrong or may not do that, a bucket that is not there. */
const HOPELESS: ReadonlySet<number> = new Set([401, 403, 404]);

export interface Parcel {
  /** Lines to be stored, each with its end. */
  readonly lines: Uint8Array;
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
  const write = (content: () => Uint8Array) => insist(() => client.write(bucket, content()), deadline);
  const error = await refusalOf(write(() => joined(parcel.marks(), lines)));
  const marks = parcel.marks();
  if (error !== undefined && marks.length > 0) await write(() => bytesOf(marks));
  return error;
}

/** Lines, each with its end. */
export function bytesOf(lines: readonly string[]): Uint8Array {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

function joined(marks: readonly string[], lines: Uint8Array): Uint8Array {
  return marks.length === 0 ? lines : Buffer.concat([bytesOf(marks), lines]);
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

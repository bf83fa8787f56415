/** Clients that keep at it until the server says that it has what they sent, and tell the ledger. */
import { gzipSync } from 'node:zlib';
import type { TelemetryEvent } from '@fleet/contract';
import type { Ledger } from './ledger.ts';

/** Where a client sends to, and with which key. */
export interface Target {
  readonly url: string;
  readonly key: string;
}

/** Resolves when the server acknowledged all of these events. Throws `Refused`, or anything else where nobody knows. */
export type Transport = (target: Target, events: readonly TelemetryEvent[]) => Promise<void>;

/** The server said no to events that are valid. */
export class Refused extends Error {}

/** Time between two tries, milliseconds. */
const RETRY_MS = 50;
/** Time after which an answer is not waited for any more. */
const PATIENCE_MS = 10_000;

/** The ways of sending many events in one request. */
export const TRANSPORTS = {
  one: (target, events) => each(events, (event) => post(target, 'application/json', JSON.stringify(event))),
  array: (target, events) => post(target, 'application/json', JSON.stringify(events), events.length),
  ndjson: (target, events) => post(target, 'application/x-ndjson', linesOf(events), events.length),
  gzip: (target, events) => post(target, 'application/x-ndjson', gzipSync(linesOf(events)), events.length),
} as const satisfies Record<string, Transport>;

/** Sends requests in `lanes` at a time, each until it is acknowledged. Rejects when one is refused, or at the deadline. */
export async function sendAll(
  requests: readonly (readonly [Transport, readonly TelemetryEvent[]])[],
  options: { readonly target: Target; readonly ledger: Ledger; readonly lanes: number; readonly withinMs: number },
): Promise<void> {
  const { target, ledger, lanes, withinMs } = options;
  const deadline = Date.now() + withinMs;
  const waiting = requests.values();
  const lane = async () => {
    for (const [transport, events] of waiting) {
      ledger.sending(events);
      await until(deadline, () => transport(target, events));
      ledger.acknowledged(events);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Tries until it works; rejects when something was refused, or with the last failure at the deadline. */
export async function until<T>(deadline: number, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refused || Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function each(events: readonly TelemetryEvent[], send: (event: TelemetryEvent) => Promise<void>): Promise<void> {
  for (const event of events) await send(event);
}

/** Posts to the ingest route; where `count` is given, so many events must have been taken. */
async function post({ url, key }: Target, type: string, body: string | Uint8Array<ArrayBuffer>, count?: number) {
  const response = await fetch(`${url}/v1/ingest`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': type,
      ...(typeof body === 'string' ? {} : { 'content-encoding': 'gzip' }),
    },
    body,
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const text = await response.text();
  if (response.status >= 500) throw new Error(text);
  if (!response.ok) throw new Refused(text);
  if (count !== undefined && (JSON.parse(text) as { accepted: number }).accepted !== count) throw new Refused(text);
}

function linesOf(events: readonly TelemetryEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

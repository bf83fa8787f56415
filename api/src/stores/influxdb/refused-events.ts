/** Finds the events of a group that InfluxDB refuses, by sending less and less of it: first whose they are, then which. */
import type { InfluxClient, RefusedError } from './client.ts';
import { bytesOf, deliver } from './delivery.ts';
import type { Fates, Group } from './group.ts';

/** What was found out of a group: events that are done with, and those of each vehicle that were not looked into. */
export interface Findings {
  readonly fates: Fates;
  readonly left: readonly (readonly number[])[];
}

/** Sends lines; answers why something of them is refused. */
type Send = (lines: readonly string[]) => Promise<RefusedError | undefined>;

/**
 * Looks for refused events; `error` is what InfluxDB said of the whole group. With `leave` it is only found out whose they
 * are, and all events of these vehicles are left. Every event that is neither refused nor left is durable then. Throws
 * `StoreUnavailableError`.
 */
export async function findRefused(
  client: InfluxClient,
  group: Group,
  error: RefusedError,
  leave: boolean,
): Promise<Findings> {
  const { deadline } = group;
  const send: Send = (lines) => deliver(client, client.bucket, { lines: bytesOf(lines), marks: () => [], deadline });
  const linesOf = (indices: readonly number[]) => group.linesOf(indices);
  const vehicles = group.byVehicle();
  const guilty = await sift(send, vehicles.map(linesOf), error, () => false);
  const fates = new Map<number, string | undefined>();
  const left: (readonly number[])[] = [];
  for (const [at, indices] of vehicles.entries()) {
    const found = guilty.get(at);
    if (found !== undefined && leave) {
      left.push(indices);
      continue;
    }
    const refused = found && (await siftLines(send, linesOf(indices), found));
    for (const [of, index] of indices.entries()) fates.set(index, refused?.get(of)?.message);
  }
  return { fates, left };
}

/** The refused ones of one vehicle's lines: InfluxDB's words name some of them, and all hear these words. */
function siftLines(send: Send, lines: readonly string[], error: RefusedError): Promise<Map<number, RefusedError>> {
  const portions = lines.map((line) => [line]);
  return sift(send, portions, error, ({ dropped }, count) => dropped === count);
}

/**
 * The portions of lines that something is refused of, each with its error. Found by halving: of a body that can't be parsed
 * none is stored, else all but those dropped. `isOfAll` tells whether an error is one of so many portions, all that there are.
 */
async function sift(
  send: Send,
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
      const inner = await send(portions.slice(start, end).flat());
      if (inner !== undefined) await look(start, end, inner);
    }
  };
  await look(0, portions.length, error);
  return refused;
}

/** Sends a drive as a device on the road does: event by event, or in batches, in order. */
import { setTimeout as pause } from 'node:timers/promises';
import { bodyOf, noteRejected, refusalIn, type WireRejection } from './answers.ts';
import { type DriveLine, driveLines, type Place } from './drive-lines.ts';
import type { Link, LinkAnswer, LinkRequest } from './link.ts';
import { Pace } from './pace.ts';
import { type Retelling, retoldText } from './retell.ts';
import type { Tally } from './tally.ts';

export interface SenderParts {
  readonly link: Link;
  readonly tally: Tally;
  readonly retelling: Retelling;
  /** Events in a request, or in a chunk. */
  readonly batch: number;
  readonly signal: AbortSignal;
}

/** What is sent at once. */
interface Batch {
  readonly places: readonly Place[];
  readonly texts: readonly string[];
  /** When it is due, milliseconds after the start. */
  readonly due: number;
}

interface BatchAnswer {
  readonly accepted: number;
  readonly rejected: readonly (WireRejection & { readonly index: number })[];
  readonly rejected_count: number;
}

/** Sends files at a speed, null for as fast as they are acknowledged. Throws `CommandError` when a request is refused. */
export async function sendLive(files: readonly string[], speed: number | null, parts: SenderParts): Promise<void> {
  const began = performance.now();
  for await (const batch of batches(files, speed, parts)) {
    const early = batch.due - (performance.now() - began);
    if (early > 0) await pause(early, undefined, { signal: parts.signal });
    note(batch, await parts.link.send(requestFor(batch)), parts.tally);
  }
}

async function* batches(
  files: readonly string[],
  speed: number | null,
  { batch: size, retelling }: SenderParts,
): AsyncGenerator<Batch> {
  const pace = new Pace(speed);
  let lines: DriveLine[] = [];
  let due = 0;
  const take = (): Batch => {
    const taken = lines;
    lines = [];
    return { places: taken.map(({ place }) => place), texts: taken.map((line) => retoldText(line, retelling)), due };
  };
  for (const file of files) {
    for await (const line of driveLines(file)) {
      lines.push(line);
      due = pace.next(line.ts);
      if (lines.length >= size) yield take();
    }
  }
  if (lines.length > 0) yield take();
}

function requestFor({ texts }: Batch): LinkRequest {
  const type = texts.length === 1 ? 'application/json' : 'application/x-ndjson';
  return { method: 'POST', path: '/v1/ingest', headers: { 'content-type': type }, body: texts.join('\n') };
}

function note({ places, texts }: Batch, answer: LinkAnswer, tally: Tally): void {
  const { accepted = texts.length, rejected = [], rejected_count = 0 } = (answer.body ?? {}) as Partial<BatchAnswer>;
  const [first] = places as readonly [Place];
  tally.acknowledge(answer.ms);
  if (answer.status < 300) tally.accept(accepted);
  noteRejected(tally, rejected, rejected_count, ({ index }) => places[index]);
  if (texts.length === 1 && isOfEvent(answer)) tally.reject(first, refusalIn(answer));
  bodyOf(answer, places[rejected[0]?.index ?? 0] ?? first);
}

/** Whether the event itself was refused, and not the request around it. */
function isOfEvent({ status }: LinkAnswer): boolean {
  return status === 409 || status === 422;
}

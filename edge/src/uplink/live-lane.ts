/** Sends what is being measured, a batch at a time, each as soon as the one before is answered. */
import { gzipSync } from 'node:zlib';
import { NotNowError, type Shipping } from '../ports.ts';
import { type SeqRange, without } from '../trip/seq-set.ts';
import { rejectionsIn } from './judge.ts';
import { type Link, LinkError, type Session } from './link.ts';
import { settle } from './rejections.ts';
import { vehicleOf } from './vehicle-of.ts';

/** Events in a batch. */
const MOST_IN_BATCH = 500;
/** What was measured just before the link opened goes along; all that is older goes as an upload. */
const MOST_BEFORE = 300;
/** A full disk is asked again after this. */
const OUTBOX_PAUSE_MS = 1_000;
/** Larger bodies are packed. */
const PACKED_ABOVE_BYTES = 1_024;

export interface LaneParts {
  readonly link: Link;
  readonly shipping: Shipping;
  readonly signal: AbortSignal;
  /** The setting, where there is one. */
  readonly vehicle: string | undefined;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The trip that is sent live, from a seq on. */
export interface LiveWindow {
  readonly tripId: string;
  readonly first: number;
}

export class LiveLane {
  readonly #parts: LaneParts;
  readonly #currentTrip: () => string | null;
  #most = MOST_IN_BATCH;
  /** The session that the window was opened in. */
  #session: Session | undefined;
  #window: LiveWindow | null = null;

  constructor(parts: LaneParts, currentTrip: () => string | null) {
    this.#parts = parts;
    this.#currentTrip = currentTrip;
  }

  /** Of these seqs, those that this lane sends not. */
  leaves(tripId: string, ranges: readonly SeqRange[]): readonly SeqRange[] {
    if (this.#window?.tripId !== tripId) return ranges;
    return without(ranges, [[this.#window.first, Number.MAX_SAFE_INTEGER]]);
  }

  async run(): Promise<void> {
    const { link, shipping, signal } = this.#parts;
    while (!signal.aborted) {
      try {
        const session = await link.ready();
        this.#follow(session);
        const sent = await this.#sendBatch(session);
        if (!sent) await shipping.changed(signal);
      } catch (error) {
        await this.#waitAfter(error);
      }
    }
  }

  /** The link waits by itself before it is ready again; the outbox does not. */
  async #waitAfter(error: unknown): Promise<void> {
    const { signal, pause } = this.#parts;
    if (signal.aborted || error instanceof LinkError) return;
    if (!(error instanceof NotNowError)) throw error;
    await pause(OUTBOX_PAUSE_MS, signal);
  }

  /** Keeps to the trip that goes on; what is left of one that ended is sent before. */
  #follow(session: Session): void {
    const current = this.#currentTrip();
    if (session !== this.#session) {
      this.#session = session;
      this.#window = current === null ? null : { tripId: current, first: this.#firstLive(current) };
    } else if (this.#window?.tripId !== current && this.#pending().length === 0) {
      this.#window = current === null ? null : { tripId: current, first: 1 };
    }
  }

  #firstLive(tripId: string): number {
    const last = this.#parts.shipping.lastSeq(tripId);
    const tail = this.#parts.shipping.unsent(tripId).at(-1);
    return tail?.[1] === last ? Math.max(tail[0], last - MOST_BEFORE + 1) : last + 1;
  }

  #pending(): readonly SeqRange[] {
    if (this.#window === null) return [];
    const { tripId, first } = this.#window;
    return without(this.#parts.shipping.unsent(tripId), [[0, first - 1]]);
  }

  /** Whether there was anything to send. */
  async #sendBatch(session: Session): Promise<boolean> {
    const { shipping, link, vehicle: setting } = this.#parts;
    const [range] = this.#pending();
    const trip = range && this.#window && shipping.trip(this.#window.tripId);
    if (range === undefined || !trip || shipping.isUndated(trip.trip_id)) return false;
    const vehicle = vehicleOf(trip, session, setting);
    if (vehicle === undefined) return false;
    if (trip.vehicle === null) shipping.pinVehicle(trip.trip_id, vehicle);
    const { seqs, lines } = shipping.lines(trip.trip_id, range, this.#most);
    if (seqs.length === 0) return false;
    const verdict = await link.ask(ingestRequest(lines), (body) => readReport(body, seqs.length));
    if (verdict.kind === 'too-large') return this.#halve(verdict.why);
    const rejections = verdict.kind === 'taken' ? verdict.body : readRejections(verdict.document, seqs.length, 0);
    if (rejections === undefined) throw link.lose(`a batch is refused: ${(verdict as { slug: string }).slug}`);
    const kept = settle(shipping, trip.trip_id, seqs, rejections);
    if (kept !== undefined) throw link.lose(kept);
    link.proved();
    this.#most = Math.min(MOST_IN_BATCH, this.#most * 2);
    return true;
  }

  #halve(why: string): boolean {
    if (this.#most === 1) throw this.#parts.link.lose(`an event alone is ${why}`);
    this.#most = Math.ceil(this.#most / 2);
    return true;
  }
}

function ingestRequest(lines: readonly string[]) {
  const text = lines.join('\n');
  const isPacked = Buffer.byteLength(text) > PACKED_ABOVE_BYTES;
  return {
    method: 'POST',
    path: '/v1/ingest',
    headers: { 'content-type': 'application/x-ndjson', ...(isPacked && { 'content-encoding': 'gzip' }) },
    body: isPacked ? gzipSync(text) : text,
  } as const;
}

/** The rejections in the report of a batch; undefined where it does not speak of so many events. */
function readReport(body: Readonly<Record<string, unknown>>, count: number) {
  return typeof body['accepted'] === 'number' ? readRejections(body, count, body['accepted']) : undefined;
}

function readRejections(body: Readonly<Record<string, unknown>>, count: number, accepted: number) {
  const rejections = rejectionsIn(body, 'index');
  return rejections !== undefined && accepted + rejections.length === count ? rejections : undefined;
}

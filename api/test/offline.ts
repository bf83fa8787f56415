/** A device that uploads a trip afterwards, as small steps that a test can take in any order. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Manifest, type ManifestChunk, problemSlug, type TelemetryEvent } from '@fleet/contract';
import { send, type TestAnswer, type TestRequest, type TestServer } from './server.ts';

/** Where a device sends to, and as whom. */
export interface DeviceLink {
  readonly url: string;
  readonly key: string;
  readonly vehicle: string;
  readonly trip_id: string;
}

/** What is sent as a chunk. */
export interface Chunk {
  readonly no: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly bytes: Buffer<ArrayBuffer>;
}

/** Numbers events 1, 2, 3 … as those of a trip. */
export function asTrip(events: readonly TelemetryEvent[], trip_id: string, vehicle_id?: string): TelemetryEvent[] {
  return events.map((event, index) => ({ ...event, ...(vehicle_id && { vehicle_id }), trip_id, seq: index + 1 }));
}

/** A chunk of these events, which have seqs. */
export function chunkOf(no: number, events: readonly TelemetryEvent[], level = 6): Chunk {
  const seqs = events.map(({ seq }) => seq ?? 0);
  const bytes = packed(events.map((event) => JSON.stringify(event)).join('\n'), level);
  return { no, first_seq: Math.min(...seqs), last_seq: Math.max(...seqs), bytes };
}

/** Lines as they are sent. */
export function packed(lines: string, level = 6): Buffer<ArrayBuffer> {
  return Buffer.from(gzipSync(lines, { level }));
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export class Device {
  readonly link: DeviceLink;

  constructor(link: DeviceLink) {
    this.link = link;
  }

  announce(more: object = {}): Promise<TestAnswer> {
    const { vehicle, trip_id } = this.link;
    return this.#ask('', { body: { vehicle_id: vehicle, trip_id, ...more } });
  }

  putChunk({ no, bytes }: Pick<Chunk, 'no' | 'bytes'>, headers: Readonly<Record<string, string>> = {}) {
    return this.#ask(`/${this.link.trip_id}/chunks/${no}`, {
      method: 'PUT',
      headers: {
        'content-type': 'application/x-ndjson+gzip',
        'x-chunk-sha256': sha256Of(bytes),
        'idempotency-key': `${this.link.trip_id}:${no}`,
        ...headers,
      },
      body: bytes,
    });
  }

  complete(chunks: readonly Chunk[], more: Partial<Manifest> = {}): Promise<TestAnswer> {
    return this.#ask(`/${this.link.trip_id}/complete`, { body: this.manifest(chunks, more) });
  }

  manifest(chunks: readonly Chunk[], more: Partial<Manifest> = {}): Manifest {
    const { vehicle: vehicle_id, trip_id } = this.link;
    return {
      vehicle_id,
      trip_id,
      started_at: '2019-05-23T20:54:11Z',
      event_count: chunks.reduce((sum, { first_seq, last_seq }) => sum + last_seq - first_seq + 1, 0),
      chunks: chunks.map(manifestChunk),
      ...more,
    };
  }

  status(): Promise<TestAnswer> {
    return this.#ask(`/${this.link.trip_id}/upload`, {});
  }

  #ask(path: string, request: TestRequest): Promise<TestAnswer> {
    return send(`${this.link.url}/v1/trips${path}`, { key: this.link.key, ...request });
  }
}

function manifestChunk({ no, first_seq, last_seq, bytes }: Chunk): ManifestChunk {
  return { no, first_seq, last_seq, size_bytes: bytes.length, sha256: sha256Of(bytes) };
}

/** A device with the events of its trip, which nobody else has. */
export interface Recording {
  readonly device: Device;
  /** Thirty, a second apart, with seqs from 1. */
  readonly events: readonly TelemetryEvent[];
}

/** Makes trips for tests: each on a day of its own. */
export class Recorder {
  readonly #server: TestServer;
  readonly #key: string;
  #days = 0;

  constructor(server: TestServer, key: string) {
    this.#server = server;
    this.#key = key;
  }

  /** A trip that the server knows nothing of. */
  record(vehicle = 'golf'): Recording {
    const trip_id = crypto.randomUUID();
    const device = new Device({ url: this.#server.url, key: this.#key, vehicle, trip_id });
    const start = Date.UTC(2025, 0, ++this.#days);
    const events = Array.from({ length: 30 }, (_, index) => ({
      vehicle_id: vehicle,
      ts: new Date(start + index * 1_000).toISOString(),
      speed_kph: 10 + index,
      lat: 49.5 + index / 1e4,
      lon: 8.6,
    }));
    return { device, events: asTrip(events, trip_id) };
  }

  async announced(vehicle?: string): Promise<Recording> {
    const recording = this.record(vehicle);
    await recording.device.announce();
    return recording;
  }

  /** The seqs of a trip's events, of which its summary must count as many. */
  async storedSeqs({ link: { trip_id, vehicle } }: Device): Promise<number[]> {
    const trip = await this.#server.request(`/v1/trips/${trip_id}?vehicle=${vehicle}`);
    if (trip.status === 404) return [];
    const { body } = await this.#server.request(`/v1/trips/${trip_id}/events.json?vehicle=${vehicle}`);
    const seqs = (body.events as { seq: number }[]).map(({ seq }) => seq);
    if (trip.body.event_count !== seqs.length) throw new Error(`${seqs.length} events, but ${trip.text}`);
    return seqs;
  }
}

/** All seqs from one to another. */
export function seqsTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** The stable name of the problem in an answer. */
export function slugOf({ body }: TestAnswer): string | undefined {
  return problemSlug(body);
}

/** Outboxes for tests: real files in a folder that goes at the end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { Outbox, type OutboxOptions } from '../src/outbox/outbox.ts';
import type { Log, RecordedEvent } from '../src/ports.ts';

export const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
/** When the events of `driven` begin. */
export const BEGAN_MS = Date.UTC(2026, 9, 1, 8);

/** Keeps what was said. */
export function createLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const note = (text: string) => void lines.push(text);
  return { lines, info: note, warn: note };
}

/** Gives out folders; they are removed after each test. */
export function useFolders(): () => string {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), 'fleet-edge-'));
    folders.push(folder);
    return folder;
  };
}

export function openOutbox(folder: string, options: Partial<OutboxOptions> = {}): Outbox {
  return new Outbox({
    folder,
    maxBytes: 512 * 2 ** 20,
    log: createLog(),
    bootId: 'boot-1',
    utcNow: () => BEGAN_MS + 30 * 86_400_000,
    ...options,
  });
}

/** Events of a trip, one a second. */
export function driven(from: number, to: number, trip_id = TRIP): RecordedEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const seq = from + index;
    return { trip_id, seq, mono_ms: seq * 1_000, ts_ms: BEGAN_MS + seq * 1_000, values: { rpm: 800 + (seq % 5_000) } };
  });
}

/** An outbox whose clock is known, with a trip in it that is committed; it goes on unless `ended`. */
export function withTrip(
  outbox: Outbox,
  last: number,
  { ended = true, trip_id = TRIP, vehicle = 'golf' } = {},
): Outbox {
  outbox.noteTime({ source: 'gnss', offsetMs: BEGAN_MS }, false);
  outbox.beginTrip({ trip_id, started_at: new Date(BEGAN_MS).toISOString(), vin: null });
  for (const event of driven(1, last, trip_id)) outbox.record(event);
  if (ended) outbox.endTrips(null);
  outbox.commit();
  outbox.shipping.pinVehicle(trip_id, vehicle);
  return outbox;
}

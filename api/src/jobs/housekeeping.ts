/** What must be done now and then: forgetting, purging, noting who was seen. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Sightings } from '../access/sightings.ts';
import type { Registry } from '../registry.ts';
import { forgottenBefore, type Services } from '../services.ts';

/** Between two slices of upkeep others get to write, milliseconds. */
const PAUSE_MS = 20;

/** Takes away what is past retention, and what was deleted longer ago than `undoMs`; slice by slice. */
export async function upkeep({ store, limits, now, draining }: Services, undoMs: number): Promise<void> {
  const more = () =>
    store.maintain({
      forgetBefore: forgottenBefore(limits.retention, now(), store.newest()),
      purgeDeletedBefore: now() - undoMs,
    });
  while (!draining.aborted && (await more())) await pause(PAUSE_MS);
}

/** Takes revocations away that are no longer needed: what they revoke has expired. */
export async function forgetRevocations(registry: Registry, now: number): Promise<void> {
  for (const { id, body } of await registry.list('revocation')) {
    if (body.expires_at <= now) await registry.delete('revocation', id);
  }
}

/** Notes which devices were seen. */
export async function noteSightings(registry: Registry, sightings: Sightings): Promise<void> {
  for (const [id, at] of sightings.take()) {
    await registry.put({ kind: 'sighting', id, owner: '', at, body: { at } });
  }
}

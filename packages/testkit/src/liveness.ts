/** *Liveness*: when a fault is over, new events are accepted again within a bound. */
import type { TelemetryEvent } from '@fleet/contract';
import type { Ledger } from './ledger.ts';
import { type Target, type Transport, until } from './senders.ts';

/** The bound that the project promises, milliseconds after the server is ready. */
export const LIVE_WITHIN_MS = 5_000;

/** Sends new events until they are acknowledged; how long that took, milliseconds. Rejects where it took too long. */
export async function becomesLive(
  transport: Transport,
  events: readonly TelemetryEvent[],
  { target, ledger }: { readonly target: Target; readonly ledger: Ledger },
): Promise<number> {
  const began = Date.now();
  ledger.sending(events);
  await until(began + LIVE_WITHIN_MS, () => transport(target, events));
  ledger.acknowledged(events);
  return Date.now() - began;
}

/** Sends recorded drives to a server: as they are, as if now, as many vehicles'. */
import { setMaxListeners } from 'node:events';
import { Link } from './link.ts';
import { type SenderParts, sendLive } from './live-sender.ts';
import { sendOffline } from './offline-sender.ts';
import type { Tally } from './tally.ts';

export interface ReplayPlan {
  readonly files: readonly string[];
  /** Where the server is, without a slash at the end. */
  readonly url: string;
  readonly key: string;
  readonly way: 'live' | 'offline';
  /** 1 for as it was driven, null for as fast as the server acknowledges; live only. */
  readonly speed: number | null;
  /** Added to every time, milliseconds. */
  readonly shiftMs: number;
  /** As how many vehicles the drive is sent, all at once; 1 for itself. */
  readonly vehicles: number;
  /** Events in a request, or in a chunk. */
  readonly batch: number;
}

export interface ReplayObserver {
  readonly tally: Tally;
  /** Hears why the server can't be reached, and null when it can again. */
  readonly onWaiting: (why: string | null) => void;
}

/** Resolves when all is acknowledged. Throws `CommandError` when a request is refused, and when the signal is aborted. */
export async function replay(
  plan: ReplayPlan,
  { tally, onWaiting }: ReplayObserver,
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController();
  const parts = { tally, batch: plan.batch, signal: AbortSignal.any([signal, failed.signal]) };
  // Each vehicle's requests listen to it.
  setMaxListeners(0, parts.signal);
  const link = new Link({ ...plan, onWaiting, signal: parts.signal });
  const { shiftMs } = plan;
  const senders = suffixes(plan.vehicles).map((suffix) =>
    send(plan, { ...parts, link, retelling: { shiftMs, suffix } }),
  );
  try {
    await Promise.all(senders);
  } finally {
    failed.abort();
    await Promise.allSettled(senders);
    link.close();
  }
}

function send({ files, way, speed }: ReplayPlan, parts: SenderParts): Promise<void> {
  return way === 'live' ? sendLive(files, speed, parts) : sendOffline(files, parts);
}

/** What tells the copies of a vehicle apart: `-01` to `-50`. */
function suffixes(vehicles: number): string[] {
  const digits = `${vehicles}`.length;
  return vehicles === 1
    ? ['']
    : Array.from({ length: vehicles }, (_, index) => `-${`${index + 1}`.padStart(digits, '0')}`);
}

/** Puts the pull of a WiCAN's logs together, if there is one. */
import type { Config } from './config.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { Log } from './ports.ts';
import { WicanPull } from './wican/wican-pull.ts';

export function startWicanPull(
  { WICAN_URL: url, TRIP_IDLE_TIMEOUT: idleMs }: Config,
  { log, outbox }: { readonly log: Log; readonly outbox: Outbox },
): { stop(): void } | undefined {
  if (url === undefined) return undefined;
  const pull = new WicanPull({
    url,
    idleMs,
    log,
    takenSize: (name) => outbox.logSize(name),
    takeOver: (file, trips) => outbox.takeOver(file, trips),
  });
  void pull.run();
  return pull;
}

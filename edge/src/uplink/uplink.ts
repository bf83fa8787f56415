/** Sends what the outbox has, for as long as the program runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log, Shipping, TimeObserver } from '../ports.ts';
import { BacklogLane } from './backlog-lane.ts';
import type { HttpClient } from './http-client.ts';
import { Link } from './link.ts';
import { LiveLane } from './live-lane.ts';

export interface UplinkParts {
  readonly client: HttpClient;
  readonly shipping: Shipping;
  readonly log: Log;
  /** The vehicle that somebody set. */
  readonly vehicle: string | undefined;
  /** The trip that goes on, null while the car is parked. */
  readonly currentTrip: () => string | null;
  readonly onTime: TimeObserver;
  /** How it waits; tests don't. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What people are shown. */
export interface UplinkState {
  readonly open: boolean;
  readonly why: string | null;
}

export interface Uplink {
  state(): UplinkState;
  /** Rejects when something failed that is no fault of the link. */
  readonly done: Promise<void>;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
}

export function startUplink(parts: UplinkParts): Uplink {
  const { client, shipping, log, vehicle, currentTrip, onTime, pause = wait } = parts;
  const controller = new AbortController();
  const { signal } = controller;
  const link = new Link({ client, log, signal, onTime, pause });
  const lane = { link, shipping, signal, vehicle, pause };
  const live = new LiveLane(lane, currentTrip);
  const backlog = new BacklogLane({ ...lane, notLive: (tripId, ranges) => live.leaves(tripId, ranges) });
  const done = Promise.all([live.run(), backlog.run()]).then(() => {});
  return {
    state: () => ({ open: link.state.open, why: link.state.why ?? backlog.state.why }),
    done,
    async stop() {
      controller.abort();
      client.close();
      await done;
    },
  };
}

/** Resolves after a time, or when it is over. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => {});
}

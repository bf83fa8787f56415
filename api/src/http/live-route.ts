/** Server-sent events: the newest of each vehicle when it changed. */
import type { ServerResponse } from 'node:http';
import { latestText } from '../live/latest-text.ts';
import type { LatestState } from '../ports.ts';
import type { Services } from '../services.ts';
import { LIVE_DOC } from './docs/read-docs.ts';
import type { Exchange, Route } from './route.ts';
import { listedVehicles, requireVehicles } from './scope.ts';
import { writable } from './send-stream.ts';

/** A line now and then keeps proxies from closing a stream on which nothing happens, milliseconds. */
const HEARTBEAT_MS = 15_000;

/** A client that lets so much wait is too slow, or gone: it is cut off, and comes back by itself. */
const MOST_WAITING_BYTES = 2 ** 20;

/** How long a stream goes on: its client comes back by itself, and is asked again who it is. */
const LIFE_MS = 10 * 60_000;

export function liveRoutes(services: Services, lifeMs = LIFE_MS): Route[] {
  const eventOf = createEvents(services);
  const handle = (exchange: Exchange) => live(services, exchange, eventOf, lifeMs);
  return [{ method: 'get', path: '/v1/live', access: 'read', handle, doc: LIVE_DOC }];
}

/** A state as an event of the stream. */
type EventOf = (state: LatestState) => Promise<string>;

/** Each is made once, however many listen. */
function createEvents({ directory }: Services): EventOf {
  const events = new WeakMap<LatestState, Promise<string>>();
  const make = async (state: LatestState) => `event: vehicle\ndata: ${await latestText(state, directory)}\n\n`;
  return (state) => {
    const event = events.get(state) ?? make(state);
    events.set(state, event);
    return event;
  };
}

async function live(services: Services, exchange: Exchange, eventOf: EventOf, lifeMs: number): Promise<void> {
  const { req, res, principal } = exchange;
  requireVehicles(principal);
  const listed = listedVehicles(services, exchange);
  const vehicles = listed && new Set(listed);
  // The names of headers are as EventSource and proxies want them: no buffering, no cache.
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
  if (req.method === 'HEAD' || services.draining.aborted) {
    res.end();
    return;
  }
  res.write('retry: 2000\n\n');
  let told = Promise.resolve();
  /** One after the other, so that none is overtaken by an older one. */
  const tell = (state: LatestState) => {
    told = told.then(async () => send(res, await eventOf(state)));
    return told;
  };
  const { told: toldAll, leave } = services.live.listen({ vehicles, tell, heard: () => written(res) });
  const end = () => res.end();
  const heartbeat = setInterval(() => send(res, ':\n\n'), HEARTBEAT_MS);
  const life = setTimeout(end, lifeMs);
  services.draining.addEventListener('abort', end);
  res.on('close', () => {
    clearInterval(heartbeat);
    clearTimeout(life);
    services.draining.removeEventListener('abort', end);
    leave();
  });
  await toldAll;
}

function send(res: ServerResponse, text: string): void {
  if (res.writableEnded || res.destroyed) return;
  if (res.writableLength > MOST_WAITING_BYTES) res.destroy();
  else res.write(text);
}

/** Resolves when the client has read what was sent, or is gone. */
async function written(res: ServerResponse): Promise<void> {
  if (res.writableNeedDrain && !res.destroyed) await writable(res);
}

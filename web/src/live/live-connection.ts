/**
 * The live stream, for as long as somebody looks: it comes back by itself after whatever cut it. Read with `fetch`, since
 * `EventSource` neither notices a connection that died in silence nor sends a key.
 */
import { authorization, errorOf } from '../api/client.ts';
import { createEventParser } from '../api/event-stream.ts';
import type { Latest } from '../api/types.ts';

export type ConnectionState = 'connecting' | 'open' | 'lost';

export interface LiveListener {
  readonly onVehicle: (latest: Latest) => void;
  readonly onState: (state: ConnectionState) => void;
}

/** The server sends a sign of life every 15 s: after twice that it is gone, milliseconds. */
const SILENCE_MS = 35_000;
/** A page that nobody sees lets go after so long: browsers have six connections to a server, for all tabs together, milliseconds. */
const HIDDEN_MS = 10_000;
/** Waits between tries, milliseconds. */
const WAITS_MS = [500, 1_000, 2_000, 5_000] as const;

/** A stream that was asked for before anybody looked. */
let early: { readonly controller: AbortController; readonly response: Promise<Response> } | undefined;

/** Asks for the stream before any component is there; whoever connects first reads it. */
export function connectEarly(): void {
  const controller = new AbortController();
  const response = askLive(controller.signal);
  response.catch(() => {});
  early = { controller, response };
}

function askLive(signal: AbortSignal): Promise<Response> {
  return fetch('/v1/live', { headers: authorization(), signal, cache: 'no-store' });
}

/** Connects; the answer ends it. */
export function connectLive({ onVehicle, onState }: LiveListener): () => void {
  let controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let ended = false;

  const start = () => {
    clearTimeout(timer);
    controller.abort();
    controller = new AbortController();
    const mine = controller;
    const opened = () => {
      failures = 0;
      onState('open');
    };
    read(mine, opened, onVehicle)
      .catch(() => {})
      .finally(() => {
        if (ended || mine !== controller) return;
        onState('lost');
        timer = setTimeout(start, WAITS_MS[Math.min(failures++, WAITS_MS.length - 1)]);
      });
  };
  let hidden: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(hidden);
    if (document.visibilityState === 'visible') start();
    else hidden = setTimeout(rest, HIDDEN_MS);
  };
  const rest = () => {
    clearTimeout(timer);
    // Nobody's any more: its end starts no other.
    const mine = controller;
    controller = new AbortController();
    mine.abort();
  };
  // Without a network nothing comes, though nobody has said so on the stream.
  const cut = () => controller.abort();
  // A phone that wakes up, or is online again, shows what is now and not what was.
  document.addEventListener('visibilitychange', look);
  addEventListener('online', look);
  addEventListener('offline', cut);
  onState('connecting');
  start();
  return () => {
    ended = true;
    clearTimeout(timer);
    clearTimeout(hidden);
    controller.abort();
    document.removeEventListener('visibilitychange', look);
    removeEventListener('online', look);
    removeEventListener('offline', cut);
  };
}

/** The early stream, once; it ends with the signal. */
function taken(signal: AbortSignal): Promise<Response> | undefined {
  const mine = early;
  early = undefined;
  signal.addEventListener('abort', () => mine?.controller.abort());
  return mine?.response;
}

async function read(
  controller: AbortController,
  onOpen: () => void,
  onVehicle: (latest: Latest) => void,
): Promise<void> {
  let watchdog = setTimeout(() => controller.abort(), SILENCE_MS);
  try {
    const response = await (taken(controller.signal) ?? askLive(controller.signal));
    if (!response.ok || response.body === null) throw await errorOf(response);
    onOpen();
    const parse = createEventParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => controller.abort(), SILENCE_MS);
      for (const { event, data } of parse(value)) if (event === 'vehicle') onVehicle(JSON.parse(data) as Latest);
    }
  } finally {
    clearTimeout(watchdog);
  }
}

/** The InfluxDB store over a line on which requests, answers and halves of answers get lost. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type InfluxAccess, seededRandom } from '@fleet/testkit';
import { expect, test } from '@jest/globals';
import { type EventRow, type EventStore, StoreUnavailableError } from '../src/ports.ts';
import { InfluxClient } from '../src/stores/influxdb/client.ts';
import { openInfluxStore } from '../src/stores/influxdb/influx-store.ts';
import { Summaries } from '../src/stores/influxdb/summaries.ts';
import { IDLE_MS } from './describe-event-store.ts';
import { describeWithInfluxd } from './influx.ts';
import { tellsWhatTheModelTells } from './model.ts';

/** What becomes of a request. */
type Fate = 'passes' | 'is refused' | 'is done, and nobody hears' | 'is done, and half is heard';
const FATES: readonly Fate[] = ['passes', 'is refused', 'is done, and nobody hears', 'is done, and half is heard'];
/** Of so many requests one gets lost. */
const ONE_IN = 4;

describeWithInfluxd('on a line that loses requests and answers, the InfluxDB store', (server) => {
  test('tells what the model tells, once it is asked until it answers', async () => {
    const access = await server().makeBuckets();
    const random = seededRandom(Date.now());
    const met = new Map<Fate, number>();
    let isCalm = true;
    const line = await lineTo(access, () => {
      const fate = isCalm || random() > 1 / ONE_IN ? 'passes' : FATES[Math.floor(random() * FATES.length)]!;
      met.set(fate, 1 + (met.get(fate) ?? 0));
      return fate;
    });
    const store = await openInfluxStore({ server: { ...access, url: line.url }, idleMs: IDLE_MS });
    const events = patient(store.events, () => {
      isCalm = false;
    });
    // A document that was made, and nobody heard it, can't be made again: that is a matter of the registry.
    const registry = patient(store.registry, () => {
      isCalm = true;
    });

    // Where it can't ask, it answers writes by what it knew last of deletions.
    await tellsWhatTheModelTells({ events, registry }, 25, { seesRepeats: false, mayMissDeletions: true });

    expect([...met.keys()].sort()).toEqual(FATES.toSorted());
    await store.events.close();
    line.close();
  }, 300_000);
});

describeWithInfluxd('what a process begins with', (server) => {
  test('has all that counts as settled, although another saves meanwhile', async () => {
    const access = await server().makeBuckets();
    const [other, direct] = [new InfluxClient(access), new InfluxClient(access)];
    const container = { vehicle: 'golf', container: 'day-2025-11-04', segments: [] };
    let asked = 0;
    const line = await lineTo(access, async (path): Promise<Fate> => {
      if (path.startsWith('/query') && asked++ === 1) {
        const summaries = new Summaries(other, IDLE_MS);
        await summaries.save([container], [], [], []);
        await summaries.noteSettled(5_000);
      }
      return 'passes';
    });
    const late = new InfluxClient({ ...access, url: line.url });

    const begun = await new Summaries(late, IDLE_MS).load();
    const again = await new Summaries(direct, IDLE_MS).load();

    expect(begun).toMatchObject({ containers: [container], since: 0 });
    expect(again).toMatchObject({ containers: [container], since: 5_000 });
    for (const client of [other, direct, late]) client.close();
    line.close();
  });
});

/** A line to a server; `fateOf` is asked of each request, by its path, one after the other. */
async function lineTo(
  { url }: InfluxAccess,
  fateOf: (path: string) => Fate | Promise<Fate>,
): Promise<{ readonly url: string; close(): void }> {
  let before = Promise.resolve();
  const line: Server = createServer((request, response) => {
    before = before.then(async () => meet(url, request, response, await fateOf(`${request.url}`)).catch(() => {}));
  });
  await once(line.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(line.address() as AddressInfo).port}`,
    close() {
      line.close();
      line.closeAllConnections();
    },
  };
}

async function meet(url: string, request: IncomingMessage, response: ServerResponse, fate: Fate): Promise<void> {
  if (fate === 'is refused') return void response.writeHead(503, { 'retry-after': '0' }).end('{"message":"away"}');
  const sent = Buffer.concat(await request.toArray());
  const { authorization = '', accept = '*/*' } = request.headers;
  const answer = await fetch(url + request.url, {
    method: `${request.method}`,
    headers: { authorization, accept },
    ...(sent.length > 0 && { body: sent }),
  });
  const heard = Buffer.from(await answer.arrayBuffer());
  if (fate === 'is done, and nobody hears') return void request.socket.destroy();
  response.writeHead(answer.status, { 'content-length': heard.length });
  if (fate === 'passes') return void response.end(heard);
  response.write(heard.subarray(0, heard.length >> 1), () => request.socket.destroy());
}

/** Asks again and again, as long as it is only said that nobody can answer now. */
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
  }
}

/** The same store, whose every method is asked until it answers; `before` is called before. */
function patient<T extends object>(store: T, before: () => void): T {
  return new Proxy(store, {
    get(_, name) {
      before();
      const method = Reflect.get(store, name) as (...given: unknown[]) => Promise<unknown>;
      const ask = (...given: unknown[]) => untilAnswered(() => method.apply(store, given));
      if (name !== 'rows') return ask;
      const rows = method.bind(store) as unknown as EventStore['rows'];
      return async function* (...given: Parameters<EventStore['rows']>) {
        yield await untilAnswered(() => allOf(rows(...given)));
      };
    },
  });
}

async function allOf(pages: AsyncIterable<readonly EventRow[]>): Promise<EventRow[]> {
  const rows: EventRow[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}

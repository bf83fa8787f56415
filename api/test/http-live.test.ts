/** What changes, as it changes: server-sent events over real connections. */
import { getEventListeners, once } from 'node:events';
import { type ClientRequest, createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createApp } from '../src/http/app.ts';
import { liveRoutes } from '../src/http/live-route.ts';
import { StoreUnavailableError } from '../src/ports.ts';
import { partsOf, startTestServer, type TestServer, until } from './server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** A client that listens. */
interface Client {
  readonly res: IncomingMessage;
  readonly req: ClientRequest;
  /** What it was told so far, in order. */
  readonly told: { readonly vehicle: string; readonly rpm: number }[];
  readonly ended: Promise<void>;
}

async function listening(query = '', key = server.admin, url = server.url): Promise<Client> {
  const headers = { authorization: `Bearer ${key}` };
  const req = request(`${url}/v1/live${query}`, { headers, agent: false }).end();
  req.on('error', () => {});
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  const told: Client['told'] = [];
  let text = '';
  res.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    const messages = text.split('\n\n');
    text = messages.pop() ?? '';
    for (const message of messages) {
      const [, data] = /^event: vehicle\ndata: (.*)$/.exec(message) ?? [];
      if (data !== undefined) told.push(JSON.parse(data));
    }
  });
  const ended = new Promise<void>((resolve) => {
    res.on('close', resolve).on('error', () => {});
  });
  return { res, req, told, ended };
}

async function ingest(vehicle_id: string, rpm: number): Promise<void> {
  expect((await server.ingest({ vehicle_id, ts: new Date().toISOString(), rpm })).status).toBe(200);
}

/** What a client was told of a vehicle, once that has this value. */
async function toldOf({ told }: Client, vehicle: string, rpm: number): Promise<number[]> {
  const of = () => told.filter((state) => state.vehicle === vehicle).map((state) => state.rpm);
  return until(of, (all) => all.includes(rpm));
}

async function liveClients(): Promise<number> {
  const { text } = await server.request('/metrics');
  return Number(/^fleet_live_clients (\d+)$/m.exec(text)?.[1]);
}

async function nobodyListens(): Promise<void> {
  await until(liveClients, (count) => count === 0);
}

describe('whoever listens', () => {
  test('is told how things stand, then what changes, and nothing else', async () => {
    await ingest('still', 1);
    await ingest('moving', 1);
    const client = await listening('', await server.viewer('still', 'moving', 'new'));
    await toldOf(client, 'moving', 1);
    await ingest('moving', 2);
    await toldOf(client, 'moving', 2);
    await ingest('new', 1);
    await toldOf(client, 'new', 1);
    client.req.destroy();

    expect(client.res.headers).toMatchObject({ 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    expect(client.told.map(({ vehicle, rpm }) => `${vehicle} ${rpm}`).toSorted()).toEqual([
      'moving 1',
      'moving 2',
      'new 1',
      'still 1',
    ]);
  }, 15_000);

  test('hears of the vehicles that they may see', async () => {
    await ingest('mine', 1);
    await ingest('theirs', 1);
    const [viewer, one] = [await listening('', await server.viewer('mine')), await listening('?vehicle=theirs')];
    await ingest('theirs', 2);
    await ingest('mine', 2);
    await toldOf(viewer, 'mine', 2);
    await toldOf(one, 'theirs', 2);
    for (const { req } of [viewer, one]) req.destroy();

    expect(new Set(viewer.told.map(({ vehicle }) => vehicle))).toEqual(new Set(['mine']));
    expect(new Set(one.told.map(({ vehicle }) => vehicle))).toEqual(new Set(['theirs']));
    const other = await server.request('/v1/live?vehicle=theirs', { key: await server.viewer('mine') });
    expect([other.status, other.body.type]).toEqual([403, 'urn:fleet-telemetry:problem:vehicle-not-allowed']);
  }, 15_000);

  test('hears the same as all others, also when some of them go away', async () => {
    const clients = await Promise.all(Array.from({ length: 5 }, () => listening('?vehicle=shared')));
    await ingest('shared', 1);
    await Promise.all(clients.map((client) => toldOf(client, 'shared', 1)));
    for (const { req } of clients.slice(0, 3)) req.destroy();
    await ingest('shared', 2);
    const heard = await Promise.all(clients.slice(3).map((client) => toldOf(client, 'shared', 2)));
    for (const { req } of clients) req.destroy();

    expect(heard).toEqual([
      [1, 2],
      [1, 2],
    ]);
    await nobodyListens();
  }, 15_000);

  test('leaves nothing behind, however quickly they go', async () => {
    await nobodyListens();
    for (let count = 0; count < 30; count++) {
      const req = request(`${server.url}/v1/live`, {
        headers: { authorization: `Bearer ${server.admin}` },
        agent: false,
      }).end();
      req.on('error', () => {});
      if (count % 3 === 0) await once(req, 'response');
      else if (count % 3 === 1) await once(req, 'socket');
      req.destroy();
    }

    await nobodyListens();
    const client = await listening();
    await until(liveClients, (count) => count === 1);
    client.req.destroy();
    await nobodyListens();
  });

  test('leaves no listener behind, and may be one of many', async () => {
    await nobodyListens();
    const { draining } = server.services;
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    const before = getEventListeners(draining, 'abort').length;
    for (let round = 0; round < 3; round++) {
      const clients = await Promise.all(Array.from({ length: 15 }, () => listening()));
      for (const { req } of clients) req.destroy();
      await nobodyListens();
    }
    process.off('warning', note);

    expect(getEventListeners(draining, 'abort')).toHaveLength(before);
    expect(warnings).toEqual([]);
  });

  test('leaves nothing behind, though they were gone before they were listened to', async () => {
    await nobodyListens();
    const { store } = server.services;
    const revisions = store.revisions.bind(store);
    let asked = () => {};
    let answer = () => {};
    const wasAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const mayAnswer = new Promise<void>((resolve) => {
      answer = resolve;
    });
    store.revisions = async () => {
      asked();
      await mayAnswer;
      return revisions();
    };
    const headers = { authorization: `Bearer ${server.admin}` };
    const req = request(`${server.url}/v1/live`, { headers, agent: false }).end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    await wasAsked;
    res.socket.resetAndDestroy();
    // The server hears of it with the next request.
    for (let count = 0; count < 3; count++) await server.request('/healthz');
    answer();
    store.revisions = revisions;
    for (let count = 0; count < 3; count++) await server.request('/v1/vehicles');

    expect(await liveClients()).toBe(0);
  });

  test('too slowly is cut off', async () => {
    const { store } = server.services;
    const latest = store.latest.bind(store);
    const long = 'x'.repeat(50_000);
    const readings = Array.from({ length: 100 }, (_, at) => [`${long}${at}`, 0, at] as const);
    store.latest = async (vehicles) => (await latest(vehicles)).map((state) => ({ ...state, readings }));
    const slow = await listening('?vehicle=busy');
    slow.res.pause();
    let rpm = 0;
    const more = async () => {
      rpm++;
      await ingest('busy', rpm);
      return liveClients();
    };
    await until(more, (count) => count === 0, 20_000);
    store.latest = latest;

    expect(slow.told.length).toBeLessThan(rpm);
    slow.req.destroy();
  }, 25_000);

  test('is asked again now and then who they are: a stream ends, and its client comes back by itself', async () => {
    const { services } = server;
    const parts = partsOf(services);
    const app = createServer(createApp({ ...parts, routes: liveRoutes(services, 100) })).listen(0, '127.0.0.1');
    await once(app, 'listening');
    const client = await listening('', server.admin, `http://127.0.0.1:${(app.address() as AddressInfo).port}`);
    await client.ended;
    app.close();

    await nobodyListens();
  });

  test('is let go when the server stops', async () => {
    const other = await startTestServer({ STORE: 'memory' });
    const client = await listening('', other.admin, other.url);
    const began = performance.now();
    await Promise.all([other.stop(), client.ended]);

    expect(performance.now() - began).toBeLessThan(2_000);
  });

  test('is let go when the store fails, to come back', async () => {
    const { store } = server.services;
    const vehicles = store.vehicles.bind(store);
    store.vehicles = async () => {
      throw new StoreUnavailableError('gone');
    };
    const client = await listening();
    await client.ended;
    store.vehicles = vehicles;

    await nobodyListens();
  });
});

test('whoever listens to a fleet of thousands is told of every one of them', async () => {
  const fleet = await startTestServer();
  const vehicles = Array.from({ length: 6_000 }, (_, number) => `bus-${number}`);
  const lines = vehicles.map((vehicle_id) => JSON.stringify({ vehicle_id, ts: new Date().toISOString(), rpm: 900 }));
  const headers = { 'content-type': 'application/x-ndjson' };
  await fleet.request('/v1/import', { method: 'POST', headers, body: lines.join('\n') });

  const client = await listening('', fleet.admin, fleet.url);
  const told = () => new Set(client.told.map(({ vehicle }) => vehicle));
  await until(told, (all) => vehicles.every((vehicle) => all.has(vehicle)), 20_000);
  client.req.destroy();
  await client.ended;
  await fleet.stop();
}, 30_000);

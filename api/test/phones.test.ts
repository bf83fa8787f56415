/** Apps and dongles that people already have, over real HTTP: what they send, three times and shuffled, and what they hear. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { formatTimestamp } from '@fleet/contract';
import { seededRandom, shuffled } from '@fleet/testkit';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { AppAnswer } from '../src/formats/format.ts';
import { FORMATS } from '../src/formats/formats.ts';
import { StoreUnavailableError } from '../src/ports.ts';
import { bytesOf, type Fixture, fixturesOf } from './app-fixtures.ts';
import { startTestServer, type TestAnswer, type TestServer, until } from './server.ts';
import { connected } from './wire.ts';

/** Hundreds of requests, one after the other, take their time on a busy machine. */
jest.setTimeout(60_000);

const NOW = Date.UTC(2025, 10, 4, 14);

function send(server: TestServer, path: string, { method, query, headers, body }: Fixture['request'], key = '') {
  return server.request(query === undefined ? path : `${path}?${query}`, {
    method,
    key,
    headers: { 'content-type': 'text/plain', ...headers },
    ...(body !== undefined && method === 'POST' && { body: bytesOf({ method, body }) }),
  });
}

/** What an answer is, byte for byte. */
function said({ status, headers, text }: TestAnswer): AppAnswer {
  return { status, type: headers.get('content-type'), body: text };
}

/** What is said to a request that comes in pieces, a moment between them. */
async function sendRaw(server: TestServer, pieces: readonly string[]): Promise<string> {
  const { socket, received, closed } = await connected(server.url);
  socket.setNoDelay(true);
  for (const piece of pieces) {
    await new Promise((resolve) => socket.write(piece, resolve));
    // Anything that the server answers shows that it has read what came before.
    await server.request('/healthz');
  }
  await closed;
  return received();
}

async function eventsOf(server: TestServer, vehicle: string): Promise<Record<string, unknown>[]> {
  const { body } = await server.request(`/v1/trips?vehicle=${vehicle}&limit=500`);
  const trips = await Promise.all(
    body.trips.map(({ trip_id }: { trip_id: string }) =>
      server.request(`/v1/trips/${trip_id}/events?vehicle=${vehicle}`),
    ),
  );
  return trips.flatMap((trip) => trip.body.events);
}

const formats = FORMATS.map((format) => ({ ...format, fixtures: fixturesOf(format.name) }));

describe.each(formats)('$name reads', ({ decode, fixtures }) => {
  test.each(fixtures)('$about', ({ request, now, candidates, labels = [], problem }) => {
    const time = now === undefined ? NOW : Date.parse(now);
    const decoded = decode({
      query: new URLSearchParams(request.query),
      headers: request.headers ?? {},
      body: bytesOf(request),
      now: time,
      latest: time + 300_000,
    });

    if (decoded.ok) {
      const said = [...decoded.value.candidates].filter((candidate) => candidate !== null);
      expect(JSON.parse(JSON.stringify(said))).toEqual(candidates);
      expect(decoded.value.labelling?.labels ?? []).toEqual(labels);
    } else expect(decoded.error.slug).toBe(problem);
  });
});

describe('docs/phones.md', () => {
  const page = readFileSync(new URL('../../docs/phones.md', import.meta.url), 'utf8');
  const cell = ({ status, body }: AppAnswer) => (body === '' ? `${status}, empty` : `${status} \`${body}\``);

  test.each(formats)('has a section about $name, and its answers', ({ name, title, answers }) => {
    const cells = [title, `\`${name}\``, cell(answers.taken), cell(answers.bad)];

    expect(page).toContain(`| ${cells.join(' | ')} |`);
    expect(page).toMatch(new RegExp(`\n## .*\n\nName \`${name}\``));
  });
});

describe('over HTTP', () => {
  let clock = NOW;
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ INGEST_MAX_AGE: 'off', LOG_LEVEL: 'trace' }, { now: () => clock });
  });
  afterAll(() => server.stop());

  describe.each(formats)('$name', ({ name, answers, fixtures }) => {
    test('sent three times and shuffled is stored once, and each answer is the app’s own', async () => {
      const vehicle = `car-${name}`;
      const key = await server.key(vehicle);
      const requests = shuffled(seededRandom(7), [...fixtures, ...fixtures, ...fixtures]);
      for (const { request, now } of requests) {
        clock = now === undefined ? NOW : Date.parse(now);
        expect(said(await send(server, `/i/${name}/${key}`, request))).toEqual(answers.taken);
      }
      clock = NOW;

      const expected = new Map<string, object>();
      for (const { event } of fixtures.flatMap(({ candidates = [] }) => candidates))
        expected.set(`${event['ts']}`, event);
      const stored = await eventsOf(server, vehicle);
      const bare = stored.map(({ seq: _seq, source: _source, ...event }) => event);
      expect(bare.toSorted(byTime)).toEqual([...expected.values()].toSorted(byTime));
      const { body } = await server.request(`/v1/dead-letters?limit=500`);
      const own = await server.request('/v1/devices');
      const { name: device } = own.body.devices.find(({ vehicles }: { vehicles: string[] }) => vehicles[0] === vehicle);
      const bad = fixtures.filter(({ problem }) => problem !== undefined);
      const letters = body.dead_letters.filter((letter: { device: string }) => letter.device === device);
      expect(letters).toHaveLength(bad.length);
    });

    test('keeps its data when the key is wrong, or when nothing can be stored', async () => {
      const vehicle = `down-${name}`;
      const key = await server.key(vehicle);
      const fixture = fixtures.find(({ candidates = [] }) => candidates.length > 0) as Fixture;
      const { request } = fixture;
      const viewer = await server.viewer(vehicle);
      for (const [path, status] of [
        ['/fleet_wrong', 401],
        [`/${viewer}`, 403],
        ['', 401],
      ] as const) {
        expect((await send(server, `/i/${name}${path}`, request)).status).toBe(status);
      }
      const { store } = server.services;
      const write = store.write;
      store.write = () => Promise.reject(new StoreUnavailableError('the disk is full'));
      const refused = await send(server, `/i/${name}/${key}`, request);
      store.write = write;

      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).not.toBeNull();
      expect(await eventsOf(server, vehicle)).toEqual([]);
    });

    test('takes its key from a header as well', async () => {
      const vehicle = `header-${name}`;
      const key = await server.key(vehicle);
      const { request } = fixtures.find(({ candidates = [] }) => candidates.length > 0) as Fixture;
      const basic = Buffer.from(`anybody:${key}`).toString('base64');
      for (const authorization of [`Bearer ${key}`, `token ${key}`, `Basic ${basic}`]) {
        const headers = { ...request.headers, authorization };
        expect(said(await send(server, `/i/${name}`, { ...request, headers }))).toEqual(answers.taken);
      }
    });
  });

  test('an address that leads nowhere does not say its key back', async () => {
    const key = await server.key('golf');
    for (const path of [
      `/i/torqe/${key}`,
      `/i/torque/${key}/more`,
      `/%69/torque/${key}`,
      `/api/v1/${key}/attributes`,
    ]) {
      const answer = await server.request(path, { key: '' });

      expect(answer.status).toBe(404);
      expect(answer.text).not.toContain(key);
    }
    const wrong = await server.request(`/i/owntracks/${key}`, { method: 'PUT', key: '', body: {} });
    expect(wrong.status).toBe(405);
    expect(wrong.text).not.toContain(key);
  });

  test('no key is in what is logged or counted, nor in what is kept of bad requests', async () => {
    const key = await server.key('golf');
    await server.request(`/i/osmand/${key}?password=hunter2`, {
      key: '',
      headers: { 'content-type': 'application/json' },
      body: `{"key":"${key}","wifi_token":"hunter2"`,
    });
    await server.request(`/i/torque/${key}?time=1762257192000&kd=50`, { key: '' });
    const { text: metrics } = await server.request('/metrics');
    const { text: letters } = await server.request('/v1/dead-letters?limit=500');

    expect(metrics).toContain('route="/i/torque/{key}"');
    for (const secret of [...server.secrets, 'hunter2']) {
      expect(server.logged()).not.toContain(secret);
      expect(metrics).not.toContain(secret);
      expect(letters).not.toContain(secret);
    }
  });

  test('nothing that is named like a secret is in what is kept of bad requests, however broken', async () => {
    const secret = 'hunter2hunter2';
    const added = await server.request('/v1/devices', { body: { name: 'secretive', vehicles: ['secretive'] } });
    const { key } = added.body;
    const bodies = [
      `{"status": {"sta_ssid": "${secret}"}, "ble_pass": 98765432`,
      `{"wifi_token": "${secret}`,
      `{"Password" : ["${secret}"], x}`,
      `{'password': '${secret}'}`,
      `{"auth": 1, "secrets": {"a": "${secret}"}, x}`,
      gzipSync(`[1, {"password": "${secret}", "k": "${key}"}]`),
      // It says that it is packed, and is not.
      Buffer.from(`{"password": "${secret}"}`),
    ];
    for (const body of bodies) {
      const headers = { authorization: `Bearer ${key}`, ...(body instanceof Buffer && { 'content-encoding': 'gzip' }) };
      await server.request('/i/wican', { method: 'POST', key: '', headers, body: Buffer.from(body) });
    }
    const { body } = await server.request('/v1/dead-letters?limit=500');
    const kept = body.dead_letters.filter(({ device }: { device: string }) => device === 'secretive');

    expect(kept).toHaveLength(bodies.length);
    for (const letter of kept) {
      expect(letter.encoding).toBe('utf8');
      for (const hidden of [secret, '98765432', key]) expect(letter.body).not.toContain(hidden);
    }
  });

  test('a megabyte that nearly is a number, a name or a secret holds nobody up', async () => {
    const key = await server.key('huge');
    const many = (text: string) => text.repeat(1_000_000 / text.length);
    for (const [format, body] of [
      ['thingsboard', `{"speed": "${many('1')}x"}`],
      ['osmand', `id=x${many('-')}x&lat=49&lon=8`],
      ['wican', `"${many('key')}`],
      ['wican', `&${many('key')}`],
      ['wican', many("'key")],
    ] as const) {
      expect((await server.request(`/i/${format}/${key}`, { key: '', body: Buffer.from(body) })).status).toBe(200);
    }
  });

  test('an address with letters beyond ASCII, as Torque writes them, is read in whatever pieces it comes', async () => {
    const key = await server.key('celsius');
    const start = `GET /i/torque/${key}?session=1762257192000&id=8a10&time=1762257250000&userFullName22f40d=`;
    for (const pieces of [
      [`${start}°C%20in%20the%20CO₂ HTTP/1.0\r\n\r\n`],
      [`${start}°C%20in`, '%20the%20CO₂', '&kd=51', ' HTTP/1.1\r\nHost: fleet\r\n\r\n'],
    ]) {
      expect(await sendRaw(server, pieces)).toMatch(/^HTTP\/1.1 200 OK\r\n(?:.*\r\n)*\r\nOK!$/);
    }
    const wrong = await sendRaw(server, ['GET /i/torque/fleet_wrong?x=° HTTP/1.1\r\nHost: fleet\r\n\r\n']);
    const post = await sendRaw(server, ['POST /i/torque/fleet_wrong?x=° HTTP/1.1\r\nHost: fleet\r\n\r\n']);
    const endless = await sendRaw(server, [`GET /°${'°'.repeat(40_000)}`, 'x']);

    const worse = await sendRaw(server, [`GET /i/torque/${key}?x=°\u0001 HTTP/1.1\r\nHost: fleet\r\n\r\n`]);

    expect([wrong, post, endless, worse].map((answer) => answer.slice(9, 12))).toEqual(['401', '400', '431', '400']);
    expect(await eventsOf(server, 'celsius')).toMatchObject([{ ts: '2025-11-04T11:54:10Z', speed_kph: 51 }]);
    const { body } = await server.request('/v1/vehicles/celsius/labels');
    expect(body.labels).toEqual([{ signal: 'k22f40d', label: '°C in the CO₂', unit: '' }]);
  });

  test('a phone that goes away while it sends is no failure of the server', async () => {
    const key = await server.key('tunnel');
    const { socket } = await connected(server.url);
    socket.write(`POST /i/overland/${key} HTTP/1.1\r\nHost: fleet\r\nContent-Length: 100\r\n\r\n{`, () =>
      socket.destroy(),
    );
    await until(
      async () => (await server.request('/metrics')).text,
      (text) => text.includes('route="/i/overland/{key}",status="499"') || server.logged().includes('request failed'),
    );

    expect(server.logged()).not.toContain('request failed');
  });

  test('bodies above 1 MiB and more than 16 levels deep are refused, and long addresses let go of', async () => {
    const key = await server.key('golf');
    const headers = { 'content-type': 'application/json' };
    const large = await server.request(`/i/overland/${key}`, { key: '', headers, body: Buffer.alloc(2 ** 20 + 1, 32) });
    const deep = await server.request(`/i/overland/${key}`, {
      key: '',
      headers,
      body: '['.repeat(17) + ']'.repeat(17),
    });
    const long = await server.request(`/i/torque/${key}?v=${'9'.repeat(16 * 1_024)}`, { key: '' });
    const real = await server.request(`/i/torque/${key}?time=1762257192000&kd=50&v=${'9'.repeat(13_600)}`, { key: '' });

    expect(large.status).toBe(413);
    expect([deep.status, deep.text]).toEqual([200, '{"result":"ok"}']);
    expect([long.status, long.text]).toEqual([200, 'OK!']);
    expect([real.status, real.text]).toEqual([200, 'OK!']);
    const { body } = await server.request('/v1/dead-letters?limit=500');
    const details = body.dead_letters.map(({ errors }: { errors: { detail: string }[] }) => errors[0]?.detail);
    expect(details).toEqual(
      expect.arrayContaining([expect.stringContaining('16 levels'), expect.stringContaining('16 KiB')]),
    );
  });

  test('a key of several vehicles goes by the app’s own name, and what it does not know waits', async () => {
    const key = await server.key('polo', 'lupo');
    await server.request('/v1/vehicles/lupo', { method: 'PUT', body: { aliases: ['phone-7'] } });
    const point = (device: string) => `/i/osmand/${key}?id=${device}&timestamp=1762257244&lat=49.5&lon=8.6`;
    await server.request(point('phone-7'), { key: '' });
    const unknown = await server.request(point('phone-8'), { key: '' });

    expect(unknown.status).toBe(200);
    expect(await eventsOf(server, 'lupo')).toHaveLength(1);
    const { body } = await server.request('/v1/dead-letters?limit=500');
    const letter = body.dead_letters.find((each: { body: string }) => each.body.includes('phone-8'));
    expect(letter.errors[0].detail).toBe(
      'this key has several vehicles, and phone-8 is none of their names: add it to the aliases of one of them, and resubmit',
    );

    await server.request('/v1/vehicles/polo', { method: 'PUT', body: { aliases: ['phone-8'] } });
    const resubmitted = await server.request(`/v1/dead-letters/${letter.id}/resubmit`, { method: 'POST' });
    expect(resubmitted.status).toBe(200);
    expect(await eventsOf(server, 'polo')).toHaveLength(1);
  });

  test('what a key of one vehicle could not get taken is kept as that vehicle’s', async () => {
    const key = await server.key('only');
    await server.request(`/i/osmand/${key}?id=phone-9&timestamp=1200000000&lat=49.5&lon=8.6`, { key: '' });
    const kept = (await server.request('/v1/dead-letters?limit=500')).body.dead_letters
      .map((letter: { body: string }) => letter.body)
      .filter((text: string) => text.includes('2008-01-10'));

    expect(kept.map((text: string) => JSON.parse(text).vehicle_id)).toEqual(['only']);
  });

  test('a VIN that is another vehicle’s is not taken for the key’s own', async () => {
    await server.request('/v1/vehicles/leaf-1', { method: 'PUT', body: { aliases: ['1N4AZ0CP8DC400009'] } });
    const key = await server.key('leaf-2');
    const answer = await server.request(`/i/leafspy/${key}?SOC=50&VIN=1N4AZ0CP8DC400009`, { key: '' });

    expect(answer.status).toBe(200);
    expect(await eventsOf(server, 'leaf-1')).toEqual([]);
    expect(await eventsOf(server, 'leaf-2')).toEqual([]);
  });

  test.each(formats)('a key for $name comes with an address that works', async ({ name, answers, fixtures }) => {
    const wanted = { name: `${name} app`, vehicles: [`setup-${name}`], app: name };
    const { status, body } = await server.request('/v1/devices', { body: wanted });
    const { setup, key } = body;
    const { request } = fixtures.find(({ candidates = [] }) => candidates.length > 0) as Fixture;
    const path = new URL(setup.url).pathname;
    const headers = { ...request.headers, authorization: `Bearer ${key}` };

    expect([status, setup.app, setup.steps.length]).toEqual([201, name, 3]);
    expect(setup.qr_svg).toMatch(/^<svg .*<\/svg>$/s);
    expect(said(await send(server, path, { ...request, headers }))).toEqual(answers.taken);
  });

  test('overland and owntracks are set up by a link', async () => {
    const added = (app: string) => server.request('/v1/devices', { body: { name: app, vehicles: ['link'], app } });
    const { key, setup: overland } = (await added('overland')).body;
    const { setup: owntracks } = (await added('owntracks')).body;
    const inline = new URL(owntracks.link).searchParams.get('inline') ?? '';

    expect([...new URL(overland.link).searchParams]).toEqual([
      ['url', `${server.url}/i/overland`],
      ['token', key],
    ]);
    expect(JSON.parse(Buffer.from(inline, 'base64').toString())).toMatchObject({
      _type: 'configuration',
      mode: 3,
      url: owntracks.url,
    });
  });

  test('an app needs a key that may write', async () => {
    const wanted = { name: 'reader', vehicles: '*', app: 'torque', role: 'viewer' };
    const { status, body } = await server.request('/v1/devices', { body: wanted });

    expect([status, body.detail]).toEqual([422, 'torque needs a key with the role device']);
  });

  test.each(['units before names', 'names before units'])('names of unknown codes can be read: %s', async (order) => {
    const key = await server.key('passat');
    const units = 'defaultUnit22f449=%20&defaultUnit22f44a=s';
    const requests = [units, 'userUnit22f449=x&userFullName22f449=Accelerator%20Pedal%20Position'];
    for (const query of order.startsWith('units') ? requests : requests.reverse()) {
      for (const _ of [1, 2]) await server.request(`/i/torque/${key}?${query}`, { key: '' });
    }
    const { body } = await server.request('/v1/vehicles/passat/labels');

    expect(body).toEqual({
      vehicle: 'passat',
      labels: [{ signal: 'k22f449', label: 'Accelerator Pedal Position', unit: '%' }],
    });
  });

  test("an app's trip has the same id after the key was rotated", async () => {
    const added = await server.request('/v1/devices', { body: { name: 'torque phone', vehicles: ['audi'] } });
    const point = (seconds: number) =>
      `v=9&session=1762257192000&id=8a10&time=${1762257192000 + seconds * 1_000}&kd=50`;
    await server.request(`/i/torque/${added.body.key}?${point(1)}`, { key: '' });
    const rotated = await server.request(`/v1/devices/${added.body.device.id}/rotate`, { method: 'POST' });
    await server.request(`/i/torque/${rotated.body.key}?${point(2)}`, { key: '' });
    const { body } = await server.request('/v1/trips?vehicle=audi');

    expect(body.trips).toMatchObject([
      {
        event_count: 2,
        made_by: 'device',
        started_at: formatTimestamp(1762257193000),
        sources: [{ source: 'torque phone' }],
      },
    ]);
  });

  test('autopi may be gzipped', async () => {
    const key = await server.key('skoda');
    const bytes = gzipSync('[{"@ts":"2025-11-04T12:00:00.000000","@t":"obd.rpm","value":2350}]');
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip', authorization: `token ${key}` };
    const good = await server.request('/i/autopi', { key: '', headers, body: bytes });
    const torn = await server.request('/i/autopi', { key: '', headers, body: bytes.subarray(0, 30) });

    expect([good.status, torn.status]).toEqual([200, 200]);
    expect(await eventsOf(server, 'skoda')).toHaveLength(1);
  });

  test('thingsboard has the address that its sketches know', async () => {
    const key = await server.key('seat');
    await server.request(`/api/v1/${key}/telemetry`, { key: '', body: { ts: 1762257244467, values: { rpm: 900 } } });

    expect(await eventsOf(server, 'seat')).toMatchObject([{ rpm: 900 }]);
  });
});

test('all of them at once, three times and shuffled, through a server that stops in between, are stored once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-phones-'));
  const admin = 'admin-of-a-server-that-stops';
  let clock = NOW;
  const start = () =>
    startTestServer({ ADMIN_TOKEN: admin, INGEST_MAX_AGE: 'off', LOG_LEVEL: 'error' }, { folder, now: () => clock });
  let server = await start();
  const keys = new Map<string, string>();
  for (const { name } of formats) keys.set(name, await server.key(`car-${name}`));
  const sent = formats.flatMap(({ name, fixtures }) => fixtures.map((fixture) => ({ name, ...fixture })));
  const requests = shuffled(seededRandom(11), [...sent, ...sent, ...sent]);
  for (const [index, { name, request, now }] of requests.entries()) {
    if (index % 60 === 59) {
      await server.stop();
      await expect(send(server, `/i/${name}/${keys.get(name)}`, request)).rejects.toThrow();
      server = await start();
    }
    clock = now === undefined ? NOW : Date.parse(now);
    expect((await send(server, `/i/${name}/${keys.get(name)}`, request)).status).toBe(200);
  }
  clock = NOW;

  for (const { name, fixtures } of formats) {
    const times = fixtures.flatMap(({ candidates = [] }) => candidates.map(({ event }) => event['ts']));
    expect((await eventsOf(server, `car-${name}`)).map(({ ts }) => ts).sort()).toEqual([...new Set(times)].sort());
  }
  await server.stop();
  rmSync(folder, { recursive: true });
}, 60_000);

describe('whatever is in a request', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  describe.each(formats)('$name', ({ name, answers, fixtures }) => {
    test('is never answered with a failure, whatever is in the request', async () => {
      const key = await server.key(`fuzz-${name}`);
      const names = fixtures.flatMap(({ request }) => [...new URLSearchParams(request.query).keys()]);
      const text = fc.oneof(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.double().map(String),
        fc.constantFrom('', '1e999', '-0', '%', '{}'),
      );
      const query = fc.array(fc.tuple(fc.oneof(fc.constantFrom('', ...names), text), text), { maxLength: 8 });
      const body = fc.oneof(fc.json(), text, mutated(fixtures));
      await fc.assert(
        fc.asyncProperty(query, body, fc.constantFrom('application/json', 'text/plain'), async (pairs, raw, type) => {
          const request = { method: 'POST', query: String(new URLSearchParams(pairs)), body: raw } as const;
          const answer = await send(server, `/i/${name}/${key}`, { ...request, headers: { 'content-type': type } });

          expect(said(answer)).toEqual(answers.taken);
        }),
        { numRuns: 60 },
      );
    });
  });
});

/** Bodies of fixtures with something else in the place of something. */
function mutated(fixtures: readonly Fixture[]): fc.Arbitrary<string> {
  const bodies = fixtures.map(({ request }) => bytesOf(request).toString());
  return fc
    .tuple(fc.constantFrom(...bodies), fc.nat(), fc.constantFrom('null', '-1', '[]', '{}', '1e400', '"x"', 'true'))
    .map(([body, at, other]) => {
      const values = [...body.matchAll(/:("[^"]*"|-?[\d.]+|true|false)/g)];
      const value = values[at % Math.max(1, values.length)];
      return value === undefined ? body : body.replace(value[0], `:${other}`);
    });
}

function byTime(a: object, b: object): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** `fleet mqtt`: Mosquitto's files from the keys, and the subscriber as a process of its own. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasProgram, Mosquitto } from '@fleet/testkit';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createPlace, lastWord, type Place } from './cli.ts';
import { connectTo } from './mqtt.ts';
import { send, until } from './server.ts';

const OWN = { MQTT_USERNAME: 'fleet-api', MQTT_PASSWORD: 'secret-of-the-api' };
const PATIENCE_MS = 20_000;

let place: Place;
let broker: Mosquitto | undefined;
afterEach(async () => {
  await place.leave();
  await broker?.dispose();
  broker = undefined;
});

async function addKey(...args: readonly string[]): Promise<{ key: string; user: string }> {
  const { out } = await place.fleet(['keys', 'add', ...args]);
  return { key: lastWord(out), user: /MQTT user (\S+)\)/.exec(out)?.[1] ?? '' };
}

describe('fleet mqtt broker-sync', () => {
  test('writes a user for each key, with what it may publish and read; for their owner only', async () => {
    place = await createPlace({ ...OWN, MQTT_APPS: 'owntracks' });
    const phone = await addKey('--vehicle', 'golf', '--name', 'phone');
    const viewer = await addKey('--vehicle', '*', '--name', 'home assistant', '--role', 'viewer');
    const directory = join(place.folder, 'broker');
    const { code, out } = await place.fleet(['mqtt', 'broker-sync', '--directory', directory, '--once']);

    expect([code, out]).toEqual([0, '3 users written\n']);
    const blocks = readFileSync(join(directory, 'acl'), 'utf8').split('\n\n');
    const blockOf = (user: string) =>
      blocks
        .find((block) => block.startsWith(`user ${user}\n`))
        ?.trim()
        .split('\n');
    expect(blockOf(phone.user)).toEqual([
      `user ${phone.user}`,
      'topic write telemetry/golf',
      'topic write owntracks/golf/#',
      'topic read stored/golf',
    ]);
    expect(blockOf(viewer.user)).toEqual([
      `user ${viewer.user}`,
      'topic write homeassistant/status',
      'topic read state/+',
      'topic read fleet/status',
      'topic read homeassistant/#',
    ]);
    expect(blockOf('fleet-api')).toContain('topic read telemetry/+');
    for (const name of ['passwords', 'acl']) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    const passwords = readFileSync(join(directory, 'passwords'), 'utf8');
    expect(passwords).toMatch(new RegExp(`^${phone.user}:\\$7\\$101\\$[A-Za-z0-9+/=]{16}\\$[A-Za-z0-9+/=]{88}$`, 'm'));
    expect(passwords).not.toContain(phone.key);
  });

  const missing = hasProgram('mosquitto') ? undefined : 'mosquitto is not on the PATH: apt-get install mosquitto';
  const testWithMosquitto = missing === undefined ? test : test.skip;

  testWithMosquitto(
    `is what Mosquitto goes by: keys come, are rotated and go${missing ? ` (${missing})` : ''}`,
    async () => {
      place = await createPlace(OWN);
      const first = await addKey('--vehicle', 'golf', '--name', 'phone');
      broker = await Mosquitto.create({});
      const args = ['mqtt', 'broker-sync', '--directory', broker.folder, '--signal-process', 'mosquitto'];
      const sync = place.start(args);
      const mayEnter = ({ user, key }: { user: string; key: string }) =>
        connectTo((broker as Mosquitto).port, key, { username: user }).then(
          (client) => client.end().then(() => true),
          () => false,
        );
      const becomes = (wanted: boolean, who: { user: string; key: string }) =>
        until(
          () => mayEnter(who),
          (may) => may === wanted,
          PATIENCE_MS,
        );
      await becomes(true, first);

      const { out } = await place.fleet(['keys', 'rotate', 'phone']);
      const second = { key: lastWord(out), user: /MQTT user (\S+)\)/.exec(out)?.[1] ?? '' };
      await becomes(true, second);
      expect(await mayEnter(first)).toBe(true);

      await place.fleet(['keys', 'revoke', 'phone', '--old-only']);
      await becomes(false, first);
      expect(await mayEnter(second)).toBe(true);
      sync.child.kill('SIGTERM');
      expect((await sync.ended).code).toBe(0);
    },
  );

  testWithMosquitto(
    `fleet mqtt bridge stores what is published, and serves nothing else${missing ? ` (${missing})` : ''}`,
    async () => {
      broker = await Mosquitto.create({ 'fleet-api': 'secret-of-the-api', golf: 'secret-of-golf' });
      place = await createPlace({ ...OWN, MQTT_URL: broker.url, PORT: '0', LOG_LEVEL: 'info' });
      const bridge = place.start(['mqtt', 'bridge'], { HOST: '127.0.0.1' });
      const port = await until(
        () => /"port":(\d+)/.exec(bridge.said())?.[1],
        (found) => found !== undefined,
        PATIENCE_MS,
      );
      const ask = (path: string, key = '') => send(`http://127.0.0.1:${port}${path}`, { key });
      await until(
        async () => (await ask('/readyz')).status,
        (status) => status === 200,
        PATIENCE_MS,
      );
      const device = await connectTo(broker.port, 'secret-of-golf', { username: 'golf' });
      await device.publish('telemetry/golf', { ts: new Date().toISOString(), rpm: 900 });
      await until(
        async () => (await ask('/metrics', place.admin)).text,
        (metrics) => metrics.includes('fleet_events_total{outcome="stored"} 1'),
        PATIENCE_MS,
      );
      await device.end();

      expect((await ask('/healthz')).status).toBe(200);
      expect((await ask('/v1/trips', place.admin)).status).toBe(404);
      await broker.end('SIGKILL');
      const { body } = await until(
        () => ask('/readyz'),
        ({ status }) => status === 503,
        PATIENCE_MS,
      );
      expect(body.type).toContain('broker-unavailable');
      bridge.child.kill('SIGTERM');
      expect((await bridge.ended).code).toBe(0);
    },
  );

  test('says what it needs', async () => {
    place = await createPlace();
    const bridge = await place.fleet(['mqtt', 'bridge']);
    const forgetful = await place.fleet(['mqtt', 'broker-sync', '--directory', place.folder], { STORE: 'memory' });

    expect([bridge.code, bridge.err]).toEqual([1, 'fleet: MQTT_URL is needed: the address of the broker\n']);
    expect([forgetful.code, forgetful.err]).toEqual([1, 'fleet: STORE=memory keeps no keys that others could read\n']);
  });
});

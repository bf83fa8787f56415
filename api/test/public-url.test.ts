/** Which address is told to people and devices. */
import { request } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../src/config.ts';
import { knownAddresses } from '../src/public-url.ts';
import { startTestServer, type TestServer } from './server.ts';

describe('without being asked', () => {
  test.each([
    [{ PUBLIC_URL: 'https://fleet.test' }, ['https://fleet.test']],
    [{ HOST: '127.0.0.1' }, ['http://localhost:3000']],
  ])('%p is reached at %p', (env, addresses) => {
    expect(knownAddresses(loadConfig(env), 3_000)).toEqual(addresses);
  });

  test('a server for the whole network names this machine first, then its addresses there', () => {
    const [first, ...others] = knownAddresses(loadConfig({ HOST: '0.0.0.0' }), 3_000);

    expect(first).toBe('http://localhost:3000');
    for (const address of others) expect(address).toMatch(/^http:\/\/(?!127\.)\d+\.\d+\.\d+\.\d+:3000$/);
  });
});

describe('whoever asks', () => {
  let server: TestServer;

  afterEach(() => server.stop());

  /** The address in a new device's setup; `fetch` lets nobody choose the header Host. */
  async function told(host: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
    server = await startTestServer(env);
    const answer = await new Promise<string>((resolve, reject) => {
      const headers = { host, authorization: `Bearer ${server.admin}`, 'content-type': 'application/json' };
      const asked = request(`${server.url}/v1/devices`, { method: 'POST', headers }, (res) => {
        res
          .setEncoding('utf8')
          .toArray()
          .then((pieces) => resolve(pieces.join('')), reject);
      });
      asked.end(JSON.stringify({ name: 'phone', vehicles: ['golf'], app: 'overland' }));
    });
    return new URL(JSON.parse(answer).setup.url).origin;
  }

  test.each(['192.168.1.5:3000', 'pi.local', '[fd00::1]:3000'])('by %s is told that address', async (host) => {
    expect(await told(host)).toBe(`http://${host}`);
  });

  test('is told PUBLIC_URL where it is set', async () => {
    expect(await told('192.168.1.5:3000', { PUBLIC_URL: 'https://fleet.test' })).toBe('https://fleet.test');
  });

  test('by what is no plain host is told of this machine', async () => {
    expect(await told('evil.test/path?')).toMatch(/^http:\/\/localhost:\d+$/);
  });
});

/** The commands of the documentation, run as somebody would who reads it from top to bottom. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startTestServer, type TestServer } from './server.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

const hasCurl = ['curl', 'bash', 'gzip', 'sha256sum'].every((tool) => spawnSync(tool, ['--version']).status === 0);
const testWithCurl = hasCurl ? test : test.skip;

/** The blocks of shell commands with a request in them, in order. */
function requestsIn(page: string): string[] {
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => `${block}`);
  return blocks.filter((block) => block.includes('curl '));
}

describe('the commands of the documentation', () => {
  let server: TestServer;
  let folder: string;

  beforeEach(async () => {
    server = await startTestServer();
    folder = mkdtempSync(join(tmpdir(), 'fleet-docs-'));
  });

  afterEach(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  /** What the blocks write; throws with what they complained of as soon as one fails. */
  async function follow(blocks: readonly string[]): Promise<string> {
    const names = 'FLEET_URL=$1 KEY=$2 VIEWER_KEY=$3 ADMIN_TOKEN=$4';
    const script = [names, ...blocks].join('\n').replaceAll('http://localhost:3000', '$FLEET_URL');
    const values = [server.url, await server.key('golf'), await server.viewer('golf'), server.admin];
    const { stdout } = await run('bash', ['-euc', script, 'bash', ...values], { cwd: folder });
    return stdout;
  }

  testWithCurl.each([
    { page: 'README.md', least: 2 },
    { page: 'docs/http-api.md', least: 12 },
  ])('every request in $page is answered as it should be', async ({ page, least }) => {
    const blocks = requestsIn(readFileSync(join(ROOT, page), 'utf8'));

    expect(blocks.length).toBeGreaterThanOrEqual(least);
    expect(await follow(blocks)).toContain('"trip_id"');
  });

  testWithCurl('a request that is refused is noticed', async () => {
    const [first] = requestsIn('```sh\ncurl -fsS "$FLEET_URL/v1/vehicles" -H "Authorization: Bearer $KEY"\n```\n');

    await expect(follow([`${first}`, 'echo on'])).rejects.toThrow(/403/);
  });

  testWithCurl('the guide shows the problem that the server answers', async () => {
    const page = readFileSync(join(ROOT, 'docs/http-api.md'), 'utf8');
    const refused = requestsIn(page).filter((block) => block.includes('curl -sS '));
    const shown = [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, block]) => JSON.parse(`${block}`));

    expect(refused).toHaveLength(1);
    expect(shown).toContainEqual(JSON.parse(await follow(refused)));
  });
});

/**
 * The description of the API against the server, by a tool that knows nothing of either: schemathesis sends what the
 * description allows, and what it forbids, and looks whether each answer is one that is described. Not asked of it:
 * whether all that the schemas allow is taken (calendars are stricter), and who may do what (`http-access.test.ts`).
 * @see https://schemathesis.readthedocs.io
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { startTestServer } from './server.ts';

const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];
/** What it can't send or wait for: a stream without end, lines as a body, keys in paths that it would have to guess. */
const LEFT_OUT = '^/(v1/live$|v1/import$|v1/trips/[^/]+/chunks|i/|api/)';

const isThere = spawnSync('schemathesis', ['--version'], { stdio: 'ignore' }).status === 0;
const testWithIt = isThere ? test : test.skip;
const missing = isThere ? '' : ' (schemathesis is not on the PATH: pip install schemathesis)';

testWithIt(
  `every answer is one that the description has${missing}`,
  async () => {
    const server = await startTestServer({ INGEST_MAX_AGE: 'off' });
    try {
      const options = [
        ...['run', `${server.url}/openapi.json`, '--header', `Authorization: Bearer ${server.admin}`],
        ...['--checks', CHECKS.join(','), '--exclude-path-regex', LEFT_OUT],
        ...['--max-examples', '5', '--seed', '1', '--warnings', 'off', '--no-color'],
      ];
      // It writes notes to where it runs.
      const child = spawn('schemathesis', options, { cwd: server.folder });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
      const [code] = await once(child, 'close');

      expect([code, code === 0 ? '' : output]).toEqual([0, '']);
      expect(Number(/(\d+) generated/.exec(output)?.[1])).toBeGreaterThan(500);
      expect(server.logged()).not.toMatch(/request failed/);
    } finally {
      await server.stop();
    }
  },
  300_000,
);

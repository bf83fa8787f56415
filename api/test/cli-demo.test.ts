/** `npm run demo`: the first thing that a newcomer sees must be right. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readDrives } from '@fleet/testkit';
import { expect, jest, test } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** It is a build, a server and ten thousand events. */
jest.setTimeout(120_000);

test('the demo finds every drive as it was recorded, ends with 0, and leaves nothing behind', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'fleet-demo-test-'));
  const child = spawn('npm', ['run', 'demo', '--', '--once'], {
    cwd: ROOT,
    env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: scratch, TMPDIR: scratch, PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  child.stdout.on('data', (text) => (out += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  const left = readdirSync(scratch).filter((name) => name.startsWith('fleet-'));
  rmSync(scratch, { recursive: true, force: true });

  expect({ code, left }).toEqual({ code: 0, left: [] });
  for (const { truth } of readDrives()) {
    const { drive, event_count: count, logger_distance_km: km } = truth;
    expect(out).toMatch(
      new RegExp(`^${drive} +\\w.*UTC +${count} of ${count} +.* ${km.toFixed(2)} .*as recorded$`, 'm'),
    );
  }
  for (const way of ['event by event', 'in batches', 'offline upload']) expect(out).toContain(way);
  expect(out).toContain('18 trips of 18 drives: all as recorded.');
  expect(out).toMatch(/^ {2}http:\/\/localhost:\d+\/signin\?token=\S+$/m);
  expect(out.match(/^ {2}curl /gm)).toHaveLength(3);
});

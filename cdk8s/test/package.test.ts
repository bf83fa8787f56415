import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { fleetChartFiles } from '../src/fleet-app.ts';
import { HELMS, runHelm } from './helm.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What belongs into a package besides what is generated. */
const BESIDES = ['LICENSE', 'README.md'];
const MOST_BYTES = 900 * 1024;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-package-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Everything that git knows of, and what lies about in a checkout that somebody works in. */
function checkout(): void {
  const files = execFileSync('git', ['-C', ROOT, 'ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' }).trim();
  for (const file of files.split('\n')) cpSync(join(ROOT, file), join(folder, file));
  for (const file of [
    'node_modules/a/index.js',
    '.env',
    'data/fleet.db',
    'dist/kubernetes/a.yaml',
    'fleet.db',
    'a.tgz',
    'edge-data/outbox.db',
    'edge.env',
    'drive.ndjson',
  ]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), Buffer.alloc(6 * 2 ** 20));
  }
  // As the socket of an edge that runs: Helm gives up at what is no plain file.
  execFileSync('mkfifo', [join(folder, 'edge-data/edge.sock')]);
}

describe.each(HELMS)('with $name', ({ name, isThere }) => {
  const testWithHelm = isThere ? test : test.skip;

  testWithHelm('a package holds the chart and nothing else, whatever lies about', async () => {
    checkout();
    await runHelm(name, ['package', folder, '--destination', folder]);
    const listed = execFileSync('tar', ['-tzf', join(folder, 'fleet-0.1.0.tgz')], { encoding: 'utf8' })
      .trim()
      .split('\n');
    const wanted = [...fleetChartFiles().map(({ path }) => path), ...BESIDES].map((path) => `fleet/${path}`);

    // Helm 4 leaves .helmignore itself out.
    const isChart = (path: string) => path !== 'fleet/.helmignore';
    expect(listed.filter(isChart).toSorted()).toEqual(wanted.filter(isChart).toSorted());
  });
});

test('a release fits into its Secret', () => {
  const chart = JSON.stringify(fleetChartFiles().map(({ path, text }) => [path, Buffer.from(text).toString('base64')]));
  // Helm keeps the chart, the values and the manifests, zipped, and twice in base 64.
  const bytes = (gzipSync(chart).length * 16) / 9;

  expect(bytes).toBeLessThan(MOST_BYTES / 2);
});

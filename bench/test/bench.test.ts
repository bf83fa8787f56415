/** The benchmarks run to their end, quickly and on little: what they find then means nothing. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const run = promisify(execFile);

test('every benchmark that needs no other server ends with its lines of the table', async () => {
  const names = ['post', 'batch', 'import', 'trip', 'history', 'memory', 'size'];

  const { stdout } = await run(process.execPath, [MAIN, ...names, '--quick']);

  const lines = stdout.split('\n').filter((line) => line.startsWith('| '));
  const [title, rule, ...findings] = lines.map((line) => line.split('|').map((cell) => cell.trim()));
  expect(title).toEqual(['', 'benchmark', 'ratio', 'measured', 'baseline', 'target', 'verdict', '']);
  expect(rule?.[1]).toMatch(/^-+$/);
  const judged = findings.filter(([, , , , , target]) => target !== '');
  expect(judged.map(([, name]) => name)).toEqual([
    'single POST, durable',
    'batches of 100, in events',
    'NDJSON.gz import, durable',
    'trip of 5,000, store',
    'trip of 5,000, HTTP',
    expect.stringMatching(/^\d+ minutes over 20000 events$/),
    'memory, peak under load',
    'memory, idle',
    'bytes an event',
  ]);
  for (const [, , , measured] of findings) expect(measured).toMatch(/^\d/);
});

test('a name that no benchmark has is an error that lists the names', async () => {
  await expect(run(process.execPath, [MAIN, 'speed'])).rejects.toMatchObject({
    stderr: expect.stringMatching(/there is no benchmark speed[\s\S]*history/),
  });
});

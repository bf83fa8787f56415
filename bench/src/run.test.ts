import { expect, test } from '@jest/globals';
import { against } from './run.ts';
import { tableOf } from './table.ts';

const CPU = '- CPU time an event';

test('findings stand beside what they were: ratios where there are some, each line beside its own', () => {
  const earlier = [
    { name: 'post', measured: '20.0 k/s', ratio: '0.50 ×' },
    { name: CPU, measured: '30.0 µs', ratio: '0.60 ×' },
    { name: 'memory', measured: '200 MiB' },
    { name: CPU, measured: '10.0 µs' },
    { name: 'odd', measured: 'none' },
  ];
  const found = against(
    [
      { name: 'post', measured: '10.0 k/s', ratio: '0.75 ×' },
      { name: CPU, measured: '33.0 µs', ratio: '0.60 ×' },
      { name: 'memory', measured: '150 MiB' },
      { name: CPU, measured: '11.0 µs' },
      { name: 'odd', measured: '3 ms' },
      { name: 'new', measured: '1 ms' },
    ],
    earlier,
  );

  expect(found.map(({ before, change }) => [before, change])).toEqual([
    ['0.50 ×', '+50 %'],
    ['0.60 ×', '+0 %'],
    ['200 MiB', '−25 %'],
    ['10.0 µs', '+10 %'],
    ['none', ''],
    [undefined, undefined],
  ]);
  expect(tableOf(found).split('\n')[0]).toMatch(/before +\| change/);
  expect(tableOf(earlier)).not.toMatch(/before/);
});

import { seededRandom } from '@fleet/testkit';
import { describe, expect, test } from '@jest/globals';
import { afterPowerCut, type Step, stepsIn } from './disk-log.ts';

const hex = (text: string) => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
const WAL = `29<${hex('/data/fleet.db-wal')}>`;
const SOCKET = `34<${hex('socket:[134957]')}>`;

describe('the log of strace', () => {
  test('is read as what was written, synced, cut and said, in the order in which it began', () => {
    const steps = stepsIn([
      `7  pwrite64(${WAL}, "${hex('one')}", 3, 24) = 3`,
      `8  writev(${SOCKET}, [{iov_base="${hex('HTTP/1.1 200')}", iov_len=12}, {iov_base="${hex(' OK')}", iov_len=3}], 2 <unfinished ...>`,
      `7  fsync(${WAL} <unfinished ...>`,
      '8  <... writev resumed>) = 15',
      `9  write(16<${hex('anon_inode:[eventfd]')}>, "${hex('x')}", 1) = 1`,
      '7  <... fsync resumed>) = 0',
      `7  ftruncate(${WAL}, 4096) = 0`,
      `7  pwrite64(${WAL}, "${hex('no')}", 2, 0) = -1 ENOSPC (No space left on device)`,
    ]);

    expect(steps).toEqual([
      { began: 0, ended: 0, kind: 'write', file: '/data/fleet.db-wal', at: 24, bytes: Buffer.from('one') },
      { began: 1, ended: 3, kind: 'said', bytes: Buffer.from('HTTP/1.1 200 OK') },
      { began: 2, ended: 5, kind: 'sync', file: '/data/fleet.db-wal' },
      { began: 6, ended: 6, kind: 'resize', file: '/data/fleet.db-wal', size: 4_096 },
    ]);
  });
});

describe('a file after a power cut', () => {
  const step = (moment: number, more: object) => ({ began: moment, ended: moment, file: 'f', ...more }) as Step;
  const write = (moment: number, at: number, text: string) =>
    step(moment, { kind: 'write', at, bytes: Buffer.from(text) });
  const steps = [
    write(1, 0, 'aa'),
    step(2, { kind: 'sync' }),
    write(3, 1, 'bb'),
    step(4, { kind: 'resize', size: 1 }),
    write(5, 0, 'c'),
    step(6, { kind: 'sync' }),
  ];
  const outcomes = (moment: number) => {
    const random = seededRandom(1);
    const cuts = Array.from({ length: 200 }, () => afterPowerCut(Buffer.from('..'), steps, moment, random).toString());
    return [...new Set(cuts)].sort();
  };

  test('has what was synced, and of the rest anything', () => {
    expect(outcomes(1)).toEqual(['..']);
    expect(outcomes(2)).toEqual(['..', 'aa']);
    expect(outcomes(3)).toEqual(['aa']);
    expect(outcomes(4)).toEqual(['aa', 'aa\0', 'abb']);
    expect(outcomes(6)).toEqual(['a', 'aa', 'aa\0', 'abb', 'c', 'ca', 'ca\0', 'cbb']);
    expect(outcomes(7)).toEqual(['c']);
  });

  test('has no more than some sectors of what was being written', () => {
    const random = seededRandom(2);
    const torn = [write(1, 0, 'x'.repeat(2_048))];
    const cuts = Array.from({ length: 200 }, () => afterPowerCut(Buffer.alloc(0), torn, 2, random).toString());
    const sectors = new Set(
      cuts.map((text) => text.replaceAll('x'.repeat(512), 'x').replaceAll('\0'.repeat(512), '-')),
    );

    expect(sectors.size).toBeGreaterThan(10);
    expect([...sectors].every((text) => /^[x-]{0,4}$/.test(text))).toBe(true);
  });
});

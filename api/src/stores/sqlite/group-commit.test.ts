/** What callers hear of events that share commits, from a stand-in for the thread that writes. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loose, T0 } from '../../../test/events.ts';
import type { KeyedEvent, WriteResult } from '../../ports.ts';
import { Dictionary } from './dictionary.ts';
import { GroupCommit } from './group-commit.ts';
import { columnsOf, type EventGroup, type GroupContainer, type GroupReport, OUTCOMES } from './protocol.ts';
import { RecordReader } from './record-reader.ts';

const NAMES = new Dictionary();
NAMES.add([
  { id: 1, name: 'phone', decimals: 0 },
  { id: 2, name: 'speed_kph', decimals: 2 },
]);

/** Says of each event what follows from it alone, as soon as its commit is done. */
class Thread {
  /** How many events of each commit, those that failed left out. */
  readonly commits: number[] = [];
  readonly #containers: GroupContainer[] = [];
  readonly #fails: (seq: number) => boolean;

  constructor(fails: (seq: number) => boolean = () => false) {
    this.#fails = fails;
  }

  async commit({ count, packed: { buffer }, fresh, first_fresh }: EventGroup): Promise<GroupReport> {
    if (first_fresh === 0 && fresh.length > 0) this.#containers.length = 0;
    for (const [index, each] of fresh.entries()) this.#containers[first_fresh + index] = each;
    const { seq, container, records } = columnsOf(buffer, count);
    await new Promise((resolve) => setImmediate(resolve));
    if (seq.some(this.#fails)) throw new Error('the disk is full');
    this.commits.push(count);
    const reader = new RecordReader(records, NAMES, null);
    const trips = Array.from(container, (number) => {
      const { vehicle, name } = this.#containers[number] as GroupContainer;
      return tripOf(vehicle, name, reader.read().ts);
    });
    const packed = Uint16Array.from([...seq.map(outcomeOf), ...trips.keys()]);
    return { packed, trips, differing: 0 };
  }
}

function outcomeOf(seq: number): number {
  return Math.floor(seq / 5_000) % OUTCOMES.length;
}

function tripOf(vehicle: string, container: string, ts: number): string {
  return `${vehicle} ${container} ${Math.floor(ts / 3_000)}`;
}

/** The first events of which something else was said than what becomes of them. */
function mistaken(events: readonly KeyedEvent[], results: readonly WriteResult[]): KeyedEvent[] {
  const isTold = ({ vehicle, container, seq, ts }: KeyedEvent, result: WriteResult | undefined) =>
    result?.outcome === OUTCOMES[outcomeOf(seq)] && result?.trip_id === tripOf(vehicle, container, ts);
  return events.filter((event, index) => !isTold(event, results[index])).slice(0, 3);
}

/** So many events, of one vehicle after the other. */
function eventsOf(count: number, vehicles: number, from: number): KeyedEvent[] {
  return Array.from({ length: count }, (_, index) => loose(from + index, { vehicle: `car-${index % vehicles}` }));
}

const call = fc.record({
  count: fc.oneof(fc.nat(5), fc.integer({ min: 1_990, max: 2_010 }), fc.nat(4_500)),
  vehicles: fc.integer({ min: 1, max: 3 }),
  from: fc.nat(200_000),
});

describe('a call', () => {
  test('hears what became of each of its events, whatever else is written, and in how many commits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 5 }), async (calls) => {
        const thread = new Thread();
        const commits = new GroupCommit(NAMES, (group) => thread.commit(group));
        const all = calls.map(({ count, vehicles, from }) => eventsOf(count, vehicles, from));

        const results = await Promise.all(all.map((events) => commits.write(events)));

        expect(results.map(({ length }) => length)).toEqual(calls.map(({ count }) => count));
        expect(mistaken(all.flat(), results.flat())).toEqual([]);
        expect(thread.commits.reduce((sum, count) => sum + count, 0)).toBe(all.flat().length);
      }),
      { numRuns: 15 },
    );
  });

  test('hears nothing before all of it is committed, and of the first failure', async () => {
    const last = loose(4_999);
    const thread = new Thread((seq) => seq === last.seq);
    const commits = new GroupCommit(NAMES, (group) => thread.commit(group));

    const failing = commits.write(eventsOf(5_000, 1, 0)).catch((error: Error) => [error.message, ...thread.commits]);
    const beside = eventsOf(3_000, 1, 10_000);

    // The one beside begins in the commit that fails.
    await expect(commits.write(beside)).rejects.toThrow('the disk is full');
    expect(await failing).toEqual(['the disk is full', 2_000, 2_000]);
    expect(mistaken(beside, await commits.write(beside))).toEqual([]);
  });

  test('is told apart from others also when there are more containers than have numbers', async () => {
    const thread = new Thread();
    const commits = new GroupCommit(NAMES, (group) => thread.commit(group));
    const some = eventsOf(60_000, 60_000, 0);

    for (const events of [some, some.toReversed(), some.slice(0, 10)]) {
      expect(mistaken(events, await commits.write(events))).toEqual([]);
    }
  });
});

test('a commit is told whose events it has, and how new they are', async () => {
  const extents: unknown[] = [];
  const thread = new Thread();
  const commits = new GroupCommit(NAMES, (group, extent) => {
    extents.push(extent);
    return thread.commit(group);
  });

  await commits.write([5, 9, 7].map((second) => loose(second, { vehicle: `car-${second}` })));

  expect(extents).toEqual([{ vehicles: new Set(['car-5', 'car-9', 'car-7']), newest: T0 + 9_000 }]);
});

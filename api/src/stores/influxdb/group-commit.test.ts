/** What callers hear of events that share bodies, from a stand-in for InfluxDB. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loose, T0 } from '../../../test/events.ts';
import { type KeyedEvent, StoreUnavailableError } from '../../ports.ts';
import { type InfluxClient, RefusedError } from './client.ts';
import { eventLine } from './event-line.ts';
import { GroupCommit } from './group-commit.ts';
import { LiveFolds } from './live-folds.ts';
import { GOOD_MS, GRACE_MS, Touches } from './touches.ts';

/** Takes bodies as a line does: what is sent is read only a while after it was given. */
class Server {
  readonly bucket = 'fleet';
  readonly lines: string[] = [];
  answer = async (_body: string): Promise<void> => {};

  async write(_bucket: string, bytes: Uint8Array): Promise<void> {
    await turns();
    const body = Buffer.from(bytes).toString();
    // Of a body with a line that can't be parsed none is stored.
    if (body.includes('source="bad"')) throw new RefusedError('InfluxDB: unable to parse', undefined);
    await this.answer(body);
    this.lines.push(...body.trimEnd().split('\n'));
  }

  get events(): string[] {
    return this.lines.filter((line) => line.startsWith('telemetry,'));
  }
}

/** Some turns of the event loop: whatever follows from an answer has happened then. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function eventsOf(count: number, from: number): KeyedEvent[] {
  return Array.from({ length: count }, (_, index) => loose(from + index));
}

let now: number;
let server: Server;
let touches: Touches;
let live: LiveFolds;
let commits: GroupCommit;
beforeEach(() => {
  now = T0;
  server = new Server();
  touches = new Touches(() => now);
  live = new LiveFolds(60_000, { isNew: () => true, onCustom: () => {} });
  commits = new GroupCommit(server as unknown as InfluxClient, touches, () => {}, { live });
});

const call = fc.record({
  count: fc.oneof(fc.nat(5), fc.integer({ min: 4_990, max: 5_010 }), fc.nat(7_000)),
  from: fc.nat(100_000),
  bad: fc.array(fc.nat(7_000), { maxLength: 2 }),
});

describe('a call', () => {
  test('hears which of its events are refused, whatever else is written, and all others are stored', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 3 }), async (calls) => {
        server.lines.length = 0;
        const all = calls.map(({ count, from, bad }) =>
          eventsOf(count, from).map((event, index) => (bad.includes(index) ? { ...event, source: 'bad' } : event)),
        );

        const refusals = await Promise.all(all.map((events) => commits.write(events)));

        const isGood = ({ source }: KeyedEvent) => source !== 'bad';
        const refused = refusals.map((some) => [...some.keys()].filter((index) => some[index] !== undefined));
        expect(refused).toEqual(
          calls.map(({ count, bad }) => [...new Set(bad)].filter((index) => index < count).sort((a, b) => a - b)),
        );
        const stored = new Set(server.events);
        const good = new Set(all.flat().filter(isGood).map(eventLine));
        expect([...good].filter((line) => !stored.has(line)).slice(0, 3)).toEqual([]);
        expect(stored.size).toBe(good.size);
      }),
      { numRuns: 10 },
    );
  });

  test('sends each of its events once', async () => {
    for (const count of [3, 2, 6_000, 1]) {
      server.lines.length = 0;
      const events = eventsOf(count, 0);
      await commits.write(events);
      expect(server.events).toEqual(events.map(eventLine));
    }
  });

  test('hears of each of its events though those of a vehicle are looked into aside', async () => {
    const aside = (events: readonly KeyedEvent[]) => commits.write(events);
    const first = new GroupCommit(server as unknown as InfluxClient, touches, () => {}, { aside });
    const options = [{}, { vehicle: 'polo', source: 'bad' }, {}, { vehicle: 'polo' }];

    const refusals = await first.write(options.map((some, index) => loose(index, some)));

    expect(refusals).toEqual([undefined, expect.stringMatching(/parse/), undefined, undefined]);
    expect(server.events).toHaveLength(3);
  });

  test('hears of no event before there is a mark of it, also where others are refused', async () => {
    await commits.write([{ ...loose(0), source: 'bad' }, loose(1)]);

    expect(server.lines.map((line) => line.slice(0, line.indexOf(',')))).toEqual(['touched', 'telemetry']);
  });

  test('hears nothing before all of its bodies are stored', async () => {
    const answers: (() => void)[] = [];
    server.answer = () => new Promise((resolve) => answers.push(resolve));
    let isAnswered = false;
    const call = commits.write(eventsOf(5_001, 0)).then(() => {
      isAnswered = true;
    });
    for (const left of [2, 1]) {
      while (answers.length === 0) await turns();
      await turns();
      expect([left, isAnswered]).toEqual([left, false]);
      answers.shift()?.();
    }

    await call;
    expect(server.events).toHaveLength(5_001);
  });
});

describe('a body that was given up', () => {
  const place = { vehicle: 'golf', container: loose(0).container };
  const isOwn = (line = '') => touches.isOwn('golf', place.container, line.split(' ').at(-1) ?? '');

  test('leaves nothing known of its containers, and its marks to be looked at', async () => {
    await commits.write([loose(0)]);
    expect(live.take(place)).toMatchObject([{ segment: { count: 1 } }]);
    const [mark] = server.lines;
    expect(isOwn(mark)).toBe(true);

    server.answer = async () => {
      throw new TypeError('nobody knows');
    };
    await expect(commits.write([loose(1)])).rejects.toThrow('nobody knows');

    expect(live.take(place)).toBeUndefined();
    expect(isOwn(mark)).toBe(false);
  });

  test('leaves the names of custom signals to be noted with the next one', async () => {
    const event = (second: number) => loose(second, { values: { boost_kpa: 1 } });
    const noted = () => server.lines.filter((line) => line.startsWith('custom,'));
    const { answer } = server;
    server.answer = async () => {
      throw new TypeError('nobody knows');
    };
    await expect(commits.write([event(0)])).rejects.toThrow('nobody knows');
    server.answer = answer;

    await commits.write([event(1)]);
    expect(noted()).toHaveLength(1);
    await commits.write([event(2)]);
    expect(noted()).toHaveLength(1);
  });

  test('is one that took so long that nobody looks at its marks any more', async () => {
    await commits.write([loose(0)]);
    server.answer = async () => {
      now += GOOD_MS + GRACE_MS;
    };

    await expect(commits.write([loose(1)])).rejects.toThrow(StoreUnavailableError);

    expect(live.take(place)).toBeUndefined();
  });
});

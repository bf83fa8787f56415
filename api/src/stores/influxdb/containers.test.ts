/** Races between writing, looking and reading, which a real InfluxDB shows one time in many thousand. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { measuredOf } from '../../ingest/measured.ts';
import type { EventRow, KeyedEvent } from '../../ports.ts';
import type { InfluxClient } from './client.ts';
import { Containers } from './containers.ts';
import { EventReader } from './event-reader.ts';
import { parseEventRows } from './event-rows.ts';
import { containersOf, Touches } from './touches.ts';

const TRIP = 'b2bdc7f4-63af-4c6a-a9cb-0a9d4a0c9a0c';
const PLACE = { vehicle: 'golf', container: TRIP };

function event(ts: number): KeyedEvent {
  return { ...PLACE, trip: TRIP, seq: ts, ts, source: 'phone', measured: measuredOf({ rpm: ts }), dtcs: undefined };
}

function row(ts: number): EventRow {
  return { ts, seq: ts, trip: TRIP, source: 'phone', values: { rpm: ts } };
}

describe('containers', () => {
  /** What is stored, and whether answers come: they tell what was stored when it was asked. */
  let stored: EventRow[];
  let answered: Promise<void>;
  /** Whether anything was asked since answers are held back. */
  let asked: Promise<void>;
  let noteAsked: () => void;
  let containers: Containers;
  beforeEach(() => {
    stored = [];
    answered = Promise.resolve();
    noteAsked = () => {};
    const reader = {
      async *pages({ from }: { from: number }) {
        const rows = stored.filter(({ ts }) => ts >= from);
        noteAsked();
        await answered;
        if (rows.length > 0) yield rows;
      },
    };
    containers = new Containers(reader as unknown as EventReader, 1_000);
    containers.isComplete = true;
  });

  const refresh = () => containers.refresh(['golf']);
  const count = () => containers.segmentsOf(['golf']).reduce((sum, segment) => sum + segment.count, 0);
  const see = (first_ts: number, isOwn: boolean) => containers.invalidate({ ...PLACE, first_ts, isOwn });
  /** Holds answers back until it is called. */
  const holdAnswers = () => {
    let go = () => {};
    asked = new Promise((resolve) => {
      noteAsked = resolve;
    });
    answered = new Promise((resolve) => {
      go = resolve;
    });
    return () => go();
  };
  const store = (ts: number) => {
    stored.push(row(ts));
    containers.live.stored([event(ts)]);
  };

  test('are followed from their first event, and from where they were read', async () => {
    store(1);
    see(1, true);
    stored = [];
    await refresh();
    expect(count()).toBe(1);

    stored.push(row(1), row(2));
    see(2, false);
    await refresh();
    containers.live.stored([event(3)]);
    see(3, true);
    await refresh();
    expect(containers.segmentsOf(['golf'])).toMatchObject([{ from: 1, to: 3, count: 3 }]);
  });

  test('are not taken for new while they are read', async () => {
    stored.push(row(1));
    see(1, false);
    const answer = holdAnswers();
    const reading = refresh();
    store(2);
    answer();
    await reading;

    see(2, true);
    await refresh();
    expect(count()).toBe(2);
  });

  test('are read by one at a time', async () => {
    stored.push(row(1));
    see(1, false);
    const answer = holdAnswers();
    const first = refresh();
    store(2);
    see(2, true);
    const second = refresh();
    answer();
    await Promise.all([first, second]);

    store(3);
    see(3, true);
    await refresh();
    expect(count()).toBe(3);
  });

  test('are read again where a body came to be stored that was given up', async () => {
    store(1);
    containers.live.lost([event(2)]);
    see(1, false);
    await refresh();
    stored.push(row(2));
    see(1, false);
    await refresh();
    expect(count()).toBe(2);
  });

  test('are followed where they were read though more came meanwhile, and not where a body was given up', async () => {
    for (const isLost of [false, true]) {
      see(0, false);
      const answer = holdAnswers();
      const reading = refresh();
      await asked;
      const ts = stored.length + 1;
      if (isLost) containers.live.lost([event(ts)]);
      else store(ts);
      answer();
      await reading;

      expect([isLost, containers.live.take(PLACE)?.[0]?.segment.count]).toEqual([isLost, isLost ? undefined : 1]);
    }
  });

  test('count an event once that comes again', async () => {
    for (const ts of [1, 2]) store(ts);
    containers.live.stored([event(2)]);
    see(1, true);
    await refresh();
    expect(count()).toBe(2);
  });

  test('stay as they were told, whatever comes', async () => {
    store(1);
    const told = containers.live.take(PLACE);
    const before = structuredClone(told);
    store(2);

    expect(told).toEqual(before);
    expect(containers.live.take(PLACE)).toMatchObject([{ segment: { count: 2 }, totals: { event_count: 2 } }]);
  });

  test('are read from the earliest time on from which they may be others', async () => {
    for (let ts = 0; ts < 100; ts += 2) stored.push(row(ts * 1_000));
    for (const first_ts of [0, 98_000]) {
      see(first_ts, false);
      await refresh();
    }
    stored.push(row(1_000), row(99_000));
    stored.sort((a, b) => a.ts - b.ts);
    see(1_000, false);
    see(99_000, false);
    await refresh();

    expect(count()).toBe(52);
  });

  test('are read where an event comes late', async () => {
    store(5);
    store(3);
    stored.sort((a, b) => a.ts - b.ts);
    see(3, true);
    await refresh();
    expect(count()).toBe(2);
  });
});

test('a mark of a body that was given up counts as somebody else’s', () => {
  const touches = new Touches(Date.now);
  const timeOf = (line = '') => line.split(' ').at(-1) ?? '';
  const cover = touches.cover(containersOf([event(1)]));
  const time = timeOf(cover.lines()[0]);
  expect(touches.isOwn('golf', TRIP, time)).toBe(true);
  expect(touches.isOwn('polo', TRIP, time)).toBe(false);
  cover.lost();
  expect(touches.isOwn('golf', TRIP, time)).toBe(false);
  const [changed] = touches.done(containersOf([event(1)]));
  expect(touches.isOwn('golf', TRIP, timeOf(changed))).toBe(false);
});

test('a mark says since when a container may have changed: an earlier event needs another one', () => {
  const touches = new Touches(Date.now);
  const firsts = (...events: KeyedEvent[]) =>
    touches
      .cover(containersOf(events))
      .lines()
      .map((line) => line.slice(0, line.indexOf('i,')));
  const polo = (ts: number) => ({ ...event(ts), vehicle: 'polo' });

  expect(firsts(event(5), polo(7), event(6), polo(4))).toEqual([
    `touched,vin=golf,trip_id=${TRIP} first_ts=5`,
    `touched,vin=polo,trip_id=${TRIP} first_ts=4`,
  ]);
  expect(firsts(event(4))).toEqual([`touched,vin=golf,trip_id=${TRIP} first_ts=4`]);
});

test('a mark is closed when all who rely on it have heard and a while has passed, not before', () => {
  let now = 0;
  const touches = new Touches(() => now);
  const cover = () => touches.cover(containersOf([event(1)]));
  const closedAfter = (ms: number) => {
    now += ms;
    return touches.closing().map((line) => line.replace(/ \d+$/, ''));
  };
  const [first, second] = [cover(), cover()];
  const told: unknown[] = [closedAfter(5_000)];
  for (const each of [first, second]) {
    each.stored();
    told.push(closedAfter(1_000));
  }

  expect(told).toEqual([[], [], [`touched,vin=golf,trip_id=${TRIP} first_ts=1i,closed=true`]]);
});

test('a mark goes with each body until it is known to be durable', () => {
  const touches = new Touches(Date.now);
  const [first, second] = [1, 2].map((ts) => touches.cover(containersOf([event(ts)])));

  expect(second?.lines()).toEqual(first?.lines());
  expect(second?.lines()).toHaveLength(1);
  first?.stored();
  expect(second?.lines()).toEqual([]);
});

test('the first custom signal of a vehicle is read, though it came after the look', async () => {
  let isNoted = false;
  const client = {
    query: async (_bucket: string, query: string) => {
      if (!isNoted) return [];
      return query.startsWith('SHOW') ? [{ value: 'golf' }] : [{ signals: 'boost' }];
    },
    queryBytes: async (_bucket: string, query: string) =>
      Buffer.from(
        query.includes('boost')
          ? 'name,tags,time,seq,source,boost,vin,trip_id\ntelemetry,,1000000,1,phone,5,golf,day-1970-01-01\n'
          : 'name,tags,time,seq,source,vin,trip_id\ntelemetry,,1000000,1,phone,golf,day-1970-01-01\n',
      ),
  };
  const reader = new EventReader(client as unknown as InfluxClient);
  await reader.lookForCustom();
  isNoted = true;
  reader.noteCustom('golf');
  for await (const rows of reader.pages({ names: ['golf'], from: 0, to: 10 })) {
    expect(rows.map(({ values }) => values)).toEqual([{ boost: 5 }]);
  }
});

test.each([1, 62, 63, 64, 65, 300])('a number with %d zeros is read from an answer', (zeros) => {
  const number = `1${'0'.repeat(zeros)}`;
  const text = `name,tags,time,seq,source,boost,vin,trip_id\ntelemetry,,1000000,1,phone,${number},golf,${TRIP}\n`;
  expect(parseEventRows(Buffer.from(text))[0]?.values).toEqual({ boost: Number(number) });
});

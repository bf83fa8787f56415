/** The recorder over power cuts and clocks that are wrong: real outboxes, a car and a clock that do as they are told. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Outbox } from '../src/outbox/outbox.ts';
import { Recorder } from '../src/recorder.ts';
import { TimeKeeper } from '../src/time-keeper.ts';
import { createLog, openOutbox, useFolders } from './outbox-kit.ts';

const BUILT_MS = Date.UTC(2026, 0, 1);
const NOW_MS = Date.UTC(2026, 8, 1, 8);
const folderFor = useFolders();
let folder: string;
beforeEach(() => {
  folder = folderFor();
});

/** A machine that was started, with a car beside it. */
class Machine {
  readonly car = { running: true, answers: true };
  readonly clock = { mono: 0, system: 0, monoMs: () => this.clock.mono, systemMs: () => this.clock.system };
  readonly log = createLog();
  readonly time = new TimeKeeper(this.clock, BUILT_MS, this.log);
  readonly outbox: Outbox;
  readonly recorder: Recorder;
  #fresh = 0;

  constructor(bootId: string, monoMs: number, systemMs: number) {
    this.clock.mono = monoMs;
    this.clock.system = systemMs;
    this.outbox = openOutbox(folder, { bootId, log: this.log, utcNow: () => this.time.utcNow() });
    this.time.attach(this.outbox);
    const obd = {
      sight: () => ({
        answers: this.car.answers,
        rpm: this.car.running ? 900 : 0,
        speedKph: 0,
        volts: 12.4,
        vin: undefined,
      }),
      take: () => [{ atMs: this.clock.mono, values: { rpm: ++this.#fresh } }],
      takeDtcs: () => undefined,
    };
    const timing = { sampleMs: 1_000, idleMs: 300_000 };
    this.recorder = new Recorder({
      ...timing,
      outbox: this.outbox,
      obd,
      gnss: undefined,
      time: this.time,
      clock: this.clock,
      log: this.log,
    });
    this.recorder.start();
    this.recorder.stop();
  }

  pass(seconds: number): this {
    for (let second = 0; second < seconds; second++) {
      this.clock.mono += 1_000;
      this.clock.system += 1_000;
      this.recorder.tick();
    }
    this.outbox.commit();
    return this;
  }

  /** The trips of the outbox: whether each is over, and the times of its events. */
  trips(): { over: boolean; times: number[] }[] {
    return this.outbox.shipping.openTrips().map(({ trip_id, ended_at, vehicle }) => {
      if (vehicle === null) this.outbox.shipping.pinVehicle(trip_id, 'golf');
      const { lines } = this.outbox.shipping.lines(trip_id, [1, 10_000], 10_000);
      return {
        over: ended_at !== null,
        times: lines.map((line) => (Date.parse(JSON.parse(line).ts) - NOW_MS) / 1_000),
      };
    });
  }
}

const machines: Machine[] = [];
afterEach(() => {
  for (const { outbox } of machines.splice(0)) outbox.close();
});

function boot(bootId: string, monoMs: number, systemMs: number): Machine {
  const machine = new Machine(bootId, monoMs, systemMs);
  machines.push(machine);
  return machine;
}

const seconds = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('after a power cut', () => {
  test('the same trip goes on, if it can not be over yet', () => {
    boot('boot-1', 0, NOW_MS).pass(3);
    const after = boot('boot-2', 0, NOW_MS + 30_000).pass(2);
    expect(after.trips()).toEqual([{ over: false, times: [1, 2, 3, 31, 32] }]);
  });

  test('after longer than the idle timeout it is another', () => {
    boot('boot-1', 0, NOW_MS).pass(3);
    const after = boot('boot-2', 0, NOW_MS + 400_000).pass(1);
    expect(after.trips()).toEqual([
      { over: true, times: [1, 2, 3] },
      { over: false, times: [401] },
    ]);
  });

  test('a crash of the program alone is told by the monotonic clock, whatever the other says', () => {
    boot('boot-1', 50_000, 0).pass(2);
    const after = boot('boot-1', 60_000, 12_345).pass(1);
    after.time.hear('gnss', NOW_MS + 11_000);
    after.outbox.commit();
    expect(after.trips()).toEqual([{ over: false, times: [1, 2, 11] }]);
  });

  test('where nobody knows how long it took, it is another', () => {
    boot('boot-1', 0, 0).pass(2);
    expect(boot('boot-2', 0, 0).pass(1).trips()).toHaveLength(2);
  });
});

describe('a clock that is wrong', () => {
  test('events from before the first fix get their real time', () => {
    const machine = boot('boot-1', 0, 0).pass(3);
    machine.time.hear('gnss', NOW_MS + 3_000);
    machine.pass(2);
    expect(machine.trips()).toEqual([{ over: false, times: seconds(1, 5) }]);
    expect(machine.log.lines.join('\n')).toContain('says gnss');
  });

  test('the network sets it right while the car drives: so are the events', () => {
    const machine = boot('boot-1', 0, BUILT_MS + 5).pass(3);
    machine.clock.system = NOW_MS + 3_000;
    machine.pass(2);
    expect(machine.trips()).toEqual([{ over: false, times: seconds(1, 5) }]);
  });
});

test('a trip whose seqs are taken on the server goes on as another', () => {
  const machine = boot('boot-1', 0, NOW_MS).pass(2);
  machine.outbox.onConflict(`${machine.recorder.trip?.id}`);
  machine.pass(2);
  expect(machine.trips()).toEqual([
    { over: true, times: [1, 2] },
    { over: false, times: [3, 4] },
  ]);
});

test('the car is parked: the trip is over, with the time of its last event', () => {
  const machine = boot('boot-1', 0, NOW_MS).pass(3);
  machine.car.running = false;
  machine.car.answers = false;
  machine.pass(400);
  const [trip] = machine.outbox.shipping.openTrips();
  // A minute more is recorded: where it was parked.
  expect(Date.parse(`${trip?.ended_at}`)).toBe(NOW_MS + 63_000);
  expect(machine.recorder.trip).toBeNull();
});

/** The car as a source of values: opens the dongle, asks what is due, waits while the car sleeps, begins anew when it is gone. */
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SignalName } from '@fleet/contract';
import type { Log, ValueSource } from '../ports.ts';
import { type Batch, FreshValues } from '../trip/fresh-values.ts';
import { AdapterSession, type Car, MOST_IN_REQUEST } from './adapter-session.ts';
import { Elm327 } from './elm327.ts';
import { pidOf, RATE_MS } from './pids.ts';
import { Schedule, type Task, type TaskRate } from './schedule.ts';
import { isPid, pidIn, tasksFor } from './tasks.ts';

export interface ObdParts {
  /** Opens what the dongle is plugged into. */
  readonly open: () => Promise<Duplex>;
  readonly log: Log;
  /** Time between two events, milliseconds: how often fast values are asked for. */
  readonly sampleMs: number;
  readonly monoMs: () => number;
}

/** What is known of the car now. */
export interface CarSight {
  /** Whether it answered within the last seconds. */
  readonly answers: boolean;
  readonly rpm: number | undefined;
  readonly speedKph: number | undefined;
  readonly volts: number | undefined;
  readonly vin: string | undefined;
}

/** What people are shown. */
export interface ObdState {
  readonly dongle: string | null;
  readonly protocol: string | null;
  /** Why there is nothing to show; null while the car answers. */
  readonly why: string | null;
  readonly rates: readonly TaskRate[];
}

/** A car that has not answered for so long sleeps. */
const ASLEEP_MS = 5_000;
/** Between two looks at a car that sleeps: the voltage costs nothing, a question on its bus might keep it awake. */
const LOOK_MS = 2_000;
const KNOCK_EVERY_MS = 15_000;
const CHARGING_V = 13.2;
/** So many times in a row a request for several PIDs has to come short before fewer are put into one. */
const SHORT_TIMES = 3;
/** Between two tries to open a dongle that is not there: the first, and the longest. */
const REOPEN_MS = { first: 1_000, longest: 30_000 } as const;

export class ObdSource implements ValueSource {
  readonly #parts: ObdParts;
  readonly #controller = new AbortController();
  readonly #values: FreshValues;
  readonly #dtcs = new Map<number, readonly string[]>();
  #freshDtcs = false;
  #car: Car | null = null;
  #dongle: string | null = null;
  #why: string | null = 'the dongle was not opened yet';
  #schedule = new Schedule([], 0);
  /** PIDs that one request may name, and how often in a row those came short. */
  #most = 1;
  #short = 0;
  #answeredMs = Number.NEGATIVE_INFINITY;
  #elm: Elm327 | undefined;

  constructor(parts: ObdParts) {
    this.#parts = parts;
    this.#values = new FreshValues(parts.monoMs);
  }

  take(): readonly Batch[] {
    return this.#values.take();
  }

  /** The trouble codes that the car tells, once after each time that it was asked. */
  takeDtcs(): readonly string[] | undefined {
    if (!this.#freshDtcs) return undefined;
    this.#freshDtcs = false;
    return [...new Set([...this.#dtcs.values()].flat())].sort();
  }

  sight(): CarSight {
    return {
      answers: this.#parts.monoMs() - this.#answeredMs <= ASLEEP_MS,
      rpm: this.#values.recent('rpm', ASLEEP_MS),
      speedKph: this.#values.recent('speed_kph', ASLEEP_MS),
      volts: this.#values.recent('battery_v', RATE_MS.slow * 2),
      vin: this.#car?.vin,
    };
  }

  state(): ObdState {
    return {
      dongle: this.#dongle,
      protocol: this.#car?.protocol ?? null,
      why: this.#why,
      rates: this.#schedule.rates(this.#parts.monoMs()),
    };
  }

  /** Works until it is stopped. */
  async run(): Promise<void> {
    const { signal } = this.#controller;
    for (let waitMs: number = REOPEN_MS.first; !signal.aborted; ) {
      try {
        await this.#session();
      } catch (error) {
        if (this.#dongle !== null) waitMs = REOPEN_MS.first;
        this.#lose((error as Error).message);
      }
      await this.#pause(waitMs);
      waitMs = Math.min(REOPEN_MS.longest, waitMs * 2);
    }
  }

  stop(): void {
    this.#controller.abort();
    this.#elm?.close();
  }

  #lose(why: string): void {
    if (this.#why !== why && !this.#controller.signal.aborted) this.#parts.log.warn(`dongle: ${why}`);
    this.#why = why;
    this.#dongle = null;
    this.#car = null;
    this.#elm?.close();
  }

  async #session(): Promise<void> {
    const elm = new Elm327(await this.#parts.open());
    this.#elm = elm;
    if (this.#controller.signal.aborted) return elm.close();
    const session = new AdapterSession(elm);
    this.#dongle = await session.begin();
    this.#parts.log.info(`dongle: ${this.#dongle}`);
    while (!this.#controller.signal.aborted) {
      this.#car = await session.identify();
      if (this.#car === null) await this.#sleepBeside(session);
      else await this.#poll(session, this.#car);
    }
  }

  /** Until it is time to knock again: at once when the voltage says that the engine runs. */
  async #sleepBeside(session: AdapterSession): Promise<void> {
    this.#why = 'the car does not answer: ignition off?';
    const until = this.#parts.monoMs() + KNOCK_EVERY_MS;
    while (!this.#controller.signal.aborted && this.#parts.monoMs() < until) {
      const volts = await session.volts();
      if (volts !== undefined) this.#values.note('battery_v', volts);
      if ((volts ?? 0) >= CHARGING_V) return this.#pause(LOOK_MS);
      await this.#pause(LOOK_MS);
    }
  }

  /** Asks what is due until the car stops answering. */
  async #poll(session: AdapterSession, car: Car): Promise<void> {
    const { monoMs, log, sampleMs } = this.#parts;
    log.info(`car: ${car.pids.length} values, protocol ${car.protocol}${car.vin === undefined ? '' : `, ${car.vin}`}`);
    this.#why = null;
    this.#most = car.isCan ? MOST_IN_REQUEST : 1;
    this.#short = 0;
    // Values come on the beat, events a little after it: so that each event has one of each.
    this.#schedule = new Schedule(tasksFor(car, sampleMs), Math.ceil(monoMs() / sampleMs) * sampleMs);
    this.#answeredMs = monoMs();
    while (!this.#controller.signal.aborted && monoMs() - this.#answeredMs <= ASLEEP_MS) {
      const due = this.#nextRequest();
      if (due.length === 0) await this.#pause(Math.max(1, this.#schedule.nextMs() - monoMs()));
      else await this.#ask(session, due);
    }
  }

  /** PIDs that go into one request, or one other task. */
  #nextRequest(): Task[] {
    const nowMs = this.#parts.monoMs();
    const [first] = this.#schedule.due(nowMs, 1);
    if (first === undefined) return [];
    return isPid(first) ? this.#schedule.due(nowMs, this.#most, isPid) : [first];
  }

  async #ask(session: AdapterSession, tasks: readonly Task[]): Promise<void> {
    const answered = await this.#askFor(session, tasks);
    const nowMs = this.#parts.monoMs();
    for (const task of tasks) {
      if (answered.includes(task)) this.#schedule.answered(task, nowMs);
      else this.#schedule.missed(task, nowMs);
    }
  }

  /** Those that were answered. */
  async #askFor(session: AdapterSession, tasks: readonly Task[]): Promise<readonly Task[]> {
    const [first] = tasks as readonly [Task];
    if (isPid(first)) return this.#askCurrent(session, tasks);
    const came = first.name === 'ATRV' ? await this.#askVolts(session) : await this.#askDtcs(session, first);
    return came ? tasks : [];
  }

  /** Some cars, and some dongles, take fewer PIDs at a time than others: what is missing is asked for by itself. */
  async #askCurrent(session: AdapterSession, tasks: readonly Task[]): Promise<readonly Task[]> {
    const answered = await this.#askAtOnce(session, tasks);
    if (tasks.length === 1) return answered;
    const alone: Task[] = [];
    for (const task of tasks) {
      if (!answered.includes(task)) alone.push(...(await this.#askAtOnce(session, [task])));
    }
    this.#short = alone.length === 0 ? 0 : this.#short + 1;
    if (this.#short >= SHORT_TIMES) {
      this.#most = Math.max(1, answered.length);
      this.#short = 0;
    }
    return [...answered, ...alone];
  }

  async #askAtOnce(session: AdapterSession, tasks: readonly Task[]): Promise<readonly Task[]> {
    const values = await session.current(tasks.map(pidIn));
    if (values.size > 0) this.#answeredMs = this.#parts.monoMs();
    for (const [pid, value] of values) this.#values.note(pidOf(pid)?.signal as SignalName, value);
    return tasks.filter((task) => values.has(pidIn(task)));
  }

  async #askVolts(session: AdapterSession): Promise<boolean> {
    const volts = await session.volts();
    if (volts !== undefined) this.#values.note('battery_v', volts);
    return volts !== undefined;
  }

  async #askDtcs(session: AdapterSession, { name }: Task): Promise<boolean> {
    const service = Number.parseInt(name, 16);
    const dtcs = await session.dtcs(service);
    if (dtcs === undefined) return false;
    this.#dtcs.set(service, dtcs);
    this.#freshDtcs = true;
    return true;
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#controller.signal }).catch(() => {});
  }
}

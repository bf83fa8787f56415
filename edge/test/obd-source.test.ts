/** The car as a source: a dongle that is simulated, faulty, or gone; and a real emulator where there is one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { TelemetryEvent } from '@fleet/contract';
import { freePort } from '@fleet/testkit';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ObdSource } from '../src/obd/obd-source.ts';
import { FakeElm327, type Playing } from '../src/sim/fake-elm327.ts';
import { openStream, parseAddress } from '../src/streams/open-stream.ts';
import { createLog, useFolders } from './outbox-kit.ts';
import { describeWith } from './programs.ts';
import { until } from './server-kit.ts';

const folderFor = useFolders();
const children: ChildProcess[] = [];
let source: ObdSource | undefined;
let running: Promise<void> | undefined;
afterEach(async () => {
  source?.stop();
  await running;
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A car that stands still at 2,000 revolutions, and can fall asleep. */
function car(): Playing & { asleep: boolean } {
  const event = { vehicle_id: 'golf', ts: '2026-10-01T08:00:00Z', rpm: 2_000, speed_kph: 50, coolant_c: 90 };
  const playing = {
    asleep: false,
    signals: new Set(Object.keys(event)),
    now: () => (playing.asleep ? undefined : (event as TelemetryEvent)),
  };
  return playing;
}

function start(open: () => Promise<Duplex>, sampleMs = 50): ObdSource {
  source = new ObdSource({ open, log: createLog(), sampleMs, monoMs: () => performance.now() });
  running = source.run();
  return source;
}

/** All values that come within a time. */
async function collect(from: ObdSource, wanted: (values: Readonly<Record<string, number>>) => boolean, ms?: number) {
  const all: Record<string, number> = {};
  await until(
    () => {
      Object.assign(all, ...from.take().map(({ values }) => values));
      return all;
    },
    wanted,
    ms,
  );
  return all;
}

describe('a simulated dongle', () => {
  test('is set up, the car identified, its values and trouble codes read', async () => {
    const obd = start(async () => new FakeElm327(car()));
    const values = await collect(obd, ({ battery_v }) => battery_v !== undefined);

    expect(values).toEqual({ rpm: 2_000, speed_kph: 50, coolant_c: 90, battery_v: 14.1 });
    expect(obd.sight()).toMatchObject({ answers: true, rpm: 2_000, speedKph: 50, vin: 'WAUZZZFY0R1234567' });
    expect(
      await until(
        () => obd.takeDtcs(),
        (dtcs) => dtcs !== undefined,
      ),
    ).toEqual([]);
    expect(obd.state()).toMatchObject({ dongle: 'ELM327V1.5(SIMULATED)', protocol: 'A6', why: null });
  });

  test('fast values come at the rate that is wanted, and each is given out once', async () => {
    const obd = start(async () => new FakeElm327(car()), 20);
    await until(
      () => obd.state().rates.find(({ name }) => name === '010C')?.reached_hz ?? 0,
      (hz) => hz > 42 && hz < 58,
    );
    await collect(obd, ({ rpm }) => rpm !== undefined);
    expect(obd.take().flatMap(({ values }) => Object.keys(values))).not.toContain('coolant_c');
  });

  test('a dongle that is pulled out is opened again', async () => {
    const dongles: FakeElm327[] = [];
    const obd = start(async () => {
      dongles.push(new FakeElm327(car()));
      return dongles.at(-1) as FakeElm327;
    });
    await collect(obd, ({ rpm }) => rpm !== undefined);
    dongles[0]?.destroy();
    await until(
      () => obd.state().why,
      (why) => why === 'the connection has ended',
    );
    await until(
      () => obd.state().why,
      (why) => why === null,
    );
    expect(dongles).toHaveLength(2);
  });

  test('a clone that knows neither headers nor several PIDs at once is asked one by one', async () => {
    const obd = start(async () => new Clone(car()));
    const values = await collect(
      obd,
      ({ rpm, speed_kph, coolant_c }) =>
        (rpm ?? speed_kph ?? coolant_c) !== undefined && rpm === 2_000 && coolant_c === 90,
    );
    expect(values).toMatchObject({ rpm: 2_000, speed_kph: 50, coolant_c: 90 });
  });

  test.each([1, 3])('a car that answers only the first %d of several PIDs tells all of them', async (count) => {
    const dongle = new Sparing(manifold(), count);
    const obd = start(async () => dongle);
    const values = await collect(obd, (all) => Object.keys(all).length >= Object.keys(MANY).length);
    expect(values).toMatchObject(MANY);
    await until(
      () => dongle.asked.slice(-20),
      (asked) => asked.length === 20 && asked.every((command) => command.length <= 2 + 2 * count),
    );
  });

  test('one answer that did not come changes nothing: several PIDs are asked for at once after it, too', async () => {
    let requests = 0;
    const dongle = new Sparing(manifold(), () => (requests++ === 5 ? 0 : 6));
    const obd = start(async () => dongle);
    await collect(obd, (all) => Object.keys(all).length >= Object.keys(MANY).length);
    await until(
      () => dongle.asked.length,
      (count) => count > 30,
    );
    expect(dongle.asked.at(-1)?.length).toBeGreaterThan(4);
  });

  test('noise in the answers that are asked for once costs neither the VIN nor a value', async () => {
    const broken = new Set(['0100', '0902', '0120']);
    const obd = start(async () => new Noisy(manifold(), (command) => broken.delete(command)));
    await collect(obd, (all) => Object.keys(all).length >= Object.keys(MANY).length);
    expect(obd.sight().vin).toBe('WAUZZZFY0R1234567');
    expect(broken.size).toBe(0);
  });

  test('a dongle whose supply broke down is set up anew', async () => {
    let resets = 0;
    const obd = start(async () => new Clone(car(), () => resets++ === 5));
    await until(
      () => obd.state().why,
      (why) => `${why}`.includes('was reset'),
    );
    await until(
      () => obd.state().why,
      (why) => why === null,
    );
  });
});

/** An old clone: echoes whatever it is told, puts in NULs, takes one PID, has no headers; may lose its supply. */
class Clone extends FakeElm327 {
  readonly #breaksDown: () => boolean;

  constructor(drive: Playing, breaksDown = () => false) {
    super(drive);
    this.#breaksDown = breaksDown;
  }

  override _write(bytes: Buffer, encoding: string, done: () => void): void {
    const command = bytes.toString().trim();
    const isUnknown = command === 'ATH1' || command === 'ATAT1' || command === 'ATDPN' || /^01(..){2,}$/.test(command);
    if (command.startsWith('01') && this.#breaksDown()) this.push('\0\rLV RESET\r\r>');
    else if (isUnknown) this.push(`${command}\r?\0\r\r>`);
    else if (command === 'ATE0') this.push('ATE0\r\0OK\r\r>');
    else super._write(bytes, encoding, () => {});
    done();
  }
}

/** What a car with more sensors tells. */
const MANY = { rpm: 2_000, speed_kph: 50, throttle_pos: 0.2, engine_load_pct: 40, map_kpa: 90, fuel_level_pct: 60 };

function manifold(): Playing {
  const event = { vehicle_id: 'golf', ts: '2026-10-01T08:00:00Z', ...MANY } as TelemetryEvent;
  return { signals: new Set(Object.keys(event)), now: () => event };
}

/** A car that answers only some of the PIDs of a request. */
class Sparing extends FakeElm327 {
  readonly asked: string[] = [];
  readonly #answers: number | (() => number);

  constructor(drive: Playing, answers: number | (() => number)) {
    super(drive);
    this.#answers = answers;
  }

  override _write(bytes: Buffer, encoding: string, done: () => void): void {
    const command = bytes.toString().trim();
    const isAsking = /^01(..)+$/.test(command) && !/^01[02468A]0$/.test(command);
    if (isAsking) this.asked.push(command);
    const answers = isAsking && typeof this.#answers === 'function' ? this.#answers() : Number(this.#answers);
    if (isAsking && answers === 0) this.push('NO DATA\r\r>');
    else super._write(isAsking ? Buffer.from(`${command.slice(0, 2 + 2 * answers)}\r`) : bytes, encoding, () => {});
    done();
  }
}

/** A bad line: some answers come broken. */
class Noisy extends FakeElm327 {
  readonly #breaks: (command: string) => boolean;

  constructor(drive: Playing, breaks: (command: string) => boolean) {
    super(drive);
    this.#breaks = breaks;
  }

  override _write(bytes: Buffer, encoding: string, done: () => void): void {
    if (this.#breaks(bytes.toString().trim())) this.push('4\x8f1 00 B?\r\r>');
    else super._write(bytes, encoding, () => {});
    done();
  }
}

describe('addresses', () => {
  const defaults = { baud: 38_400 };
  test.each([
    ['tcp://192.168.0.10:35000', { kind: 'tcp', host: '192.168.0.10', port: 35_000 }],
    ['tcp://[fe80::1]:35000', { kind: 'tcp', host: 'fe80::1', port: 35_000 }],
    ['/dev/rfcomm0', { kind: 'serial', path: '/dev/rfcomm0', baud: 38_400 }],
    ['/dev/ttyUSB0?baud=115200', { kind: 'serial', path: '/dev/ttyUSB0', baud: 115_200 }],
    ['serial:///dev/ttyUSB0', { kind: 'serial', path: '/dev/ttyUSB0', baud: 38_400 }],
    ['tcp://192.168.0.10', undefined],
    ['tcp://host:99999', undefined],
    ['ttyUSB0', undefined],
  ])('%s', (text, expected) => {
    expect(parseAddress(text, defaults)).toEqual(expected);
  });

  test('gpsd has a port of its own where none is said', () => {
    expect(parseAddress('gpsd://localhost', { baud: 9_600, port: 2_947 })).toEqual({
      kind: 'tcp',
      host: 'localhost',
      port: 2_947,
    });
  });
});

describeWith('elm', '--version')('ELM327-emulator (pip install ELM327-emulator)', () => {
  /** The emulator's scenario of a car; how to open it. */
  async function emulate(way: 'tcp' | 'pty'): Promise<() => Promise<Duplex>> {
    const folder = folderFor();
    const port = await freePort();
    const file = join(folder, 'pty');
    const child = spawn('elm', ['-s', 'car', ...(way === 'tcp' ? ['-n', `${port}`] : ['-b', file])], {
      cwd: folder,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    children.push(child);
    if (way === 'tcp') {
      await until(
        () => reachable(port),
        (yes) => yes,
        30_000,
      );
      return () => openStream({ kind: 'tcp', host: '127.0.0.1', port });
    }
    const path = await until(
      () => (existsSync(file) ? `${readFileSync(file, 'utf8').split('\n')[0]}` : ''),
      (text) => text !== '',
      30_000,
    );
    return () => openStream({ kind: 'serial', path, baud: 38_400 });
  }

  function reachable(port: number): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
  }

  test.each(['tcp', 'pty'] as const)('values, VIN and protocol over %s', async (way) => {
    const obd = start(await emulate(way), 200);
    const values = await collect(
      obd,
      ({ rpm, coolant_c, battery_v }) => [rpm, coolant_c, battery_v].every((value) => value !== undefined),
      40_000,
    );

    expect(Object.keys(values)).toEqual(
      expect.arrayContaining(['rpm', 'speed_kph', 'throttle_pos', 'engine_load_pct', 'maf_g_s']),
    );
    expect(obd.state()).toMatchObject({ protocol: 'A6', why: null });
    expect(obd.sight().vin).toMatch(/^[A-HJ-NPR-Z0-9]{17}$/);
  });
});

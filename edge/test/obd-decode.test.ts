/** What an ELM327 says, from the standard and from recorded dialogues, and what it means. */
import { readFileSync } from 'node:fs';
import { SIGNALS } from '@fleet/contract';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeCurrent, decodeDtcs, decodeSupported, decodeVin, parseVolts } from '../src/obd/decode.ts';
import { type HeaderDigits, headerDigitsOf, toMessages } from '../src/obd/messages.ts';
import { hex, PIDS } from '../src/obd/pids.ts';
import { parseReply } from '../src/obd/reply.ts';
import { Schedule } from '../src/obd/schedule.ts';
import { encode } from '../src/sim/fake-elm327.ts';

/** Messages in an answer. */
function messages(command: string, text: string, digits: HeaderDigits = 0) {
  return toMessages(parseReply(command, text).lines, digits);
}

describe('PIDS', () => {
  test('every signal that has a PID in the contract is asked for, and no other', () => {
    const named = Object.entries(SIGNALS).flatMap(([name, { pid }]) => (pid === null ? [] : [`${name} ${pid}`]));
    expect(PIDS.map(({ pid, signal }) => `${signal} ${hex(pid)}`).sort()).toEqual(named.sort());
  });

  test.each(PIDS)('$signal: what is encoded is read back, to the step that its bytes have', (pid) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 256 ** pid.bytes - 1 }), (raw) => {
        const value = raw * pid.scale + pid.offset;
        const read = decodeCurrent([{ ecu: '', bytes: [0x41, pid.pid, ...encode(pid, value)] }]).get(pid.pid);
        expect(Math.abs((read ?? Number.NaN) - value)).toBeLessThanOrEqual(0.0001);
      }),
    );
  });

  // SAE J1979 DA, examples of appendix B and of the bounds that it names.
  test.each([
    ['rpm', '410C1AF8', 1_726],
    ['rpm', '410CFFFF', 16_383.75],
    ['speed_kph', '410DFF', 255],
    ['coolant_c', '410500', -40],
    ['coolant_c', '4105FF', 215],
    ['throttle_pos', '4111FF', 1],
    ['engine_load_pct', '410480', 50.1961],
    ['fuel_trim_short_pct', '410600', -100],
    ['fuel_trim_long_pct', '410780', 0],
    ['maf_g_s', '4110FFFF', 655.35],
    ['battery_v', '4142394B', 14.667],
    ['fuel_rate_lph', '415EFFFF', 3_276.75],
    ['odometer_km', '41A6000186A0', 10_000],
    ['soc_pct', '415B7F', 49.8039],
  ])('%s in %s is %d', (signal, answer, expected) => {
    const [pid] = PIDS.filter((row) => row.signal === signal);
    expect(decodeCurrent(messages('01', answer)).get(pid!.pid)).toBe(expected);
  });
});

describe('recorded dialogues', () => {
  const lines = readFileSync(new URL('fixtures/elm327-transcripts.txt', import.meta.url), 'utf8').split('\n');
  const dialogue = lines.flatMap((line, at) => {
    const [, command] = /^> ("(?:.*)\\r")$/.exec(line) ?? [];
    const [, answer] = /^< hex ([0-9a-f]+)$/.exec(lines[at + 1] ?? '') ?? [];
    return command === undefined || !answer?.includes('3e')
      ? []
      : [{ command: (JSON.parse(command) as string).trim(), text: Buffer.from(answer, 'hex').toString('latin1') }];
  });

  test('every answer is understood: a fault by its name, lines of bytes, or words', () => {
    expect(dialogue.length).toBeGreaterThan(90);
    for (const { command, text } of dialogue) {
      const reply = parseReply(command, text.slice(0, text.indexOf('>')));
      expect({ command, understood: reply.fault !== null || reply.lines.length > 0 }).toEqual({
        command,
        understood: true,
      });
      expect(reply.lines.join()).not.toMatch(/SEARCHING|[\s\0]/);
    }
  });

  test.each([
    ['a value', '010C', '41 0C 14 5F \r\r', 0, { 12: 1_303.75 }],
    ['two ECUs that tell the same', '010C', '41 0C 09 B0 \r41 0C 09 B0 \r\r', 0, { 12: 620 }],
    [
      'three values in two frames',
      '010C0D05',
      '008\r0: 41 0C 00 00 0D 37 \r1: 05 44 \r\r',
      0,
      { 12: 0, 13: 55, 5: 28 },
    ],
    [
      'the same with headers',
      '010C0D05',
      '7E8 10 08 41 0C 14 46 0D 27 \r7E8 21 05 4C \r\r',
      3,
      { 12: 1_297.5, 13: 39, 5: 36 },
    ],
    ['without spaces', '010C', '7E804410C1287\r\r', 3, { 12: 1_185.75 }],
    ['with line feeds', '010C', '41 0C 3B 2E \r\n\r\n', 0, { 12: 3_787.5 }],
    ['a clone that echoes', '010C', '010C\r41 0C 3B 2E \r\r', 0, { 12: 3_787.5 }],
    ['a clone that echoes on the same line', '010C', '010C410C3B2E\r\r', 0, { 12: 3_787.5 }],
    ['a clone that puts in NULs', '010C', '\x0041\0 0C 3B 2E \r\0\r', 0, { 12: 3_787.5 }],
    ['searching on the same line', '010C', 'SEARCHING...410C3B2E\r\r', 0, { 12: 3_787.5 }],
    ['ISO 9141 that begins', '010C', 'BUS INIT: ...OK\r41 0C 3B 2E\r\r', 0, { 12: 3_787.5 }],
    ['29-bit addresses', '010C', '18DAF11004410C1287\r\r', 8, { 12: 1_185.75 }],
  ] as const)('%s', (_, command, text, digits, expected) => {
    expect(Object.fromEntries(decodeCurrent(messages(command, text, digits)))).toEqual(expected);
  });

  test.each([
    ['NO DATA', 'no-data'],
    ['SEARCHING...\rUNABLE TO CONNECT', 'no-car'],
    ['BUS INIT: ...ERROR', 'no-car'],
    ['BUSINIT: ERROR', 'no-car'],
    ['STOPPED', 'interrupted'],
    ['?', 'unknown-command'],
    ['CAN ERROR', 'bus-error'],
    ['41 0C <DATA ERROR', 'garbled'],
    ['BUFFER FULL', 'garbled'],
    ['LV RESET', 'reset'],
    ['\r\rELM327 v1.5', 'reset'],
  ])('%s is a fault of its own', (text, fault) => {
    expect(parseReply('010C', `${text}\r\r`)).toEqual({ lines: [], fault });
  });

  test('the name of the adapter is no fault where it was asked for', () => {
    expect(parseReply('ATZ', 'ATZ\r\r\rELM327 v1.5\r\r')).toEqual({ lines: ['ELM327V1.5'], fault: null });
  });
});

describe('toMessages', () => {
  test('frames of two ECUs between each other stay apart by their headers', () => {
    const lines = ['7E8100F410C0000', '7E91008410C1111', '7E9210D22050000', '7E8210D330544'];
    const broken = toMessages(lines, 3);
    expect(broken).toEqual([{ ecu: '7E9', bytes: [0x41, 0x0c, 0x11, 0x11, 0x0d, 0x22, 0x05, 0x00] }]);
  });

  test('a frame that is missing makes its message void, not wrong', () => {
    expect(toMessages(['7E81014490201574155', '7E8225A465930523132', '7E823333435363700'], 3)).toEqual([]);
  });

  test('any message, cut into frames, comes out as it was, whatever comes from other ECUs between', () => {
    const payload = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => [...bytes]);
    fc.assert(
      fc.property(payload, payload, fc.infiniteStream(fc.boolean()), (first, second, order) => {
        const [a, b] = [frames('7E8', first), frames('7E9', second)];
        const mixed: string[] = [];
        for (const isFirst of order) {
          const next = (isFirst ? a.shift() : b.shift()) ?? a.shift() ?? b.shift();
          if (next === undefined) break;
          mixed.push(next);
        }
        expect(toMessages(mixed, 3)).toEqual([
          { ecu: '7E8', bytes: first },
          { ecu: '7E9', bytes: second },
        ]);
      }),
    );
  });

  test.each([
    ['A6', 3],
    ['7', 8],
    ['8', 3],
    ['A9', 8],
    ['3', 0],
    ['A', 0],
    ['?', 0],
  ])('protocol %s has addresses of %d digits', (protocol, digits) => {
    expect(headerDigitsOf(protocol)).toBe(digits);
  });
});

/** As ISO 15765-2 cuts a message. */
function frames(ecu: string, bytes: readonly number[]): string[] {
  const text = (some: readonly number[]) => some.map(hex).join('');
  if (bytes.length <= 7) return [`${ecu}${hex(bytes.length)}${text(bytes)}`];
  const rest = Array.from({ length: Math.ceil((bytes.length - 6) / 7) }, (_, at) =>
    bytes.slice(6 + 7 * at, 13 + 7 * at),
  );
  const first = `${ecu}1${bytes.length.toString(16).padStart(3, '0')}${text(bytes.slice(0, 6))}`.toUpperCase();
  return [first, ...rest.map((row, at) => `${ecu}2${((at + 1) % 16).toString(16)}${text(row)}`.toUpperCase())];
}

describe('the car', () => {
  test('says which PIDs it knows', () => {
    const known = decodeSupported(messages('0100', '41 00 BE 3F A8 13 \r'), 0);
    expect([...(known ?? [])].map(hex)).toEqual([
      '01',
      '03',
      '04',
      '05',
      '06',
      '07',
      '0B',
      '0C',
      '0D',
      '0E',
      '0F',
      '10',
      '11',
      '13',
      '15',
      '1C',
      '1F',
      '20',
    ]);
  });

  test('of several ECUs all count', () => {
    const both = messages('0100', '7E8064100BE3FA813\r7E906410080000001\r', 3);
    expect(decodeSupported(both, 0)?.has(0x20)).toBe(true);
    expect(decodeSupported(messages('0100', '4120 BE 3F A8 13\r'), 0)).toBeUndefined();
  });

  test.each([
    [
      'without headers',
      '014\r0: 49 02 01 57 50 30 \r1: 5A 5A 5A 39 39 5A 54 \r2: 53 33 39 30 30 30 30 \r\r',
      0,
      'WP0ZZZ99ZTS390000',
    ],
    ['with headers', '7E81014490201534231\r7E8215A53334A453630\r7E82245323832313032\r\r', 3, 'SB1ZS3JE60E282102'],
    [
      'before CAN',
      '49 02 01 00 00 00 57\r49 02 02 50 30 5A 5A\r49 02 03 5A 39 39 5A\r49 02 04 54 53 33 39\r49 02 05 30 30 30 30\r',
      0,
      'WP0ZZZ99ZTS390000',
    ],
    ['that it has none', '49 02 01 00 00 00 00\r', 0, undefined],
  ] as const)('tells its VIN %s', (_, text, digits, vin) => {
    expect(decodeVin(messages('0902', text, digits))).toBe(vin);
  });

  // ISO 15031-6: the first two bits are the letter. The count of CAN, and codes in threes before.
  test.each([
    ['none', 0x03, '43 00', []],
    ['one on CAN', 0x03, '43 01 03 01', ['P0301']],
    ['all letters', 0x07, '47 04 01 43 41 96 82 34 C1 00', ['P0143', 'C0196', 'B0234', 'U0100']],
    ['before CAN, filled up', 0x03, '43 01 33 00 00 00 00', ['P0133']],
    ['permanent', 0x0a, '4A 01 04 20', ['P0420']],
    ['behind the echo of a clone', 0x03, '034301 03 01', ['P0301']],
  ])('tells its trouble codes: %s', (_, service, text, expected) => {
    expect(
      decodeDtcs(
        messages(hex(service), text.length > 20 ? `00A\r0:${text.slice(0, 17)}\r1:${text.slice(18)}` : text),
        service,
      ),
    ).toEqual(expected);
  });

  test('the voltage at the plug', () => {
    expect(parseVolts(['13.1V'])).toBe(13.1);
    expect(parseVolts(['?'])).toBeUndefined();
    expect(parseVolts([])).toBeUndefined();
  });
});

describe('Schedule', () => {
  test('fast things are asked often, slow things rarely, and nothing is left out, on a dongle that is too slow', () => {
    const tasks = [
      { name: 'fast', everyMs: 100 },
      { name: 'medium', everyMs: 1_000 },
      { name: 'slow', everyMs: 10_000 },
    ];
    const schedule = new Schedule(tasks, 0);
    const counts: Record<string, number> = {};
    for (let now = 0; now < 60_000; now += 150) {
      const [task] = schedule.due(now, 1);
      if (task === undefined) continue;
      counts[task.name] = (counts[task.name] ?? 0) + 1;
      schedule.answered(task, now + 149);
    }
    expect(counts['slow']).toBeGreaterThanOrEqual(6);
    expect(counts['medium']).toBeGreaterThanOrEqual(50);
    expect(counts['fast']).toBeGreaterThan(300);
  });

  test('shows what was wanted and what was reached', () => {
    const schedule = new Schedule([{ name: '010C', everyMs: 100 }], 0);
    for (let now = 0; now < 10_000; now += 200) schedule.answered({ name: '010C', everyMs: 100 }, now);
    expect(schedule.rates(9_900)).toEqual([{ name: '010C', wanted_hz: 10, reached_hz: 5 }]);
  });

  test('what does not come any more is not shown as reached', () => {
    const task = { name: '010C', everyMs: 100 };
    const schedule = new Schedule([task], 0);
    for (let now = 0; now <= 10_000; now += 100) schedule.answered(task, now);
    for (let now = 10_100; now <= 20_000; now += 100) schedule.missed(task, now);
    expect(schedule.rates(20_000)).toEqual([{ name: '010C', wanted_hz: 10, reached_hz: 0.1 }]);
  });

  test('a rare value that did not come is asked for again soon, twice; one that never comes, rarely', () => {
    const [rare, never] = [
      { name: '01A6', everyMs: 120_000 },
      { name: '0111', everyMs: 1_000 },
    ];
    const schedule = new Schedule([rare, never], 0);
    const asked: Record<string, number[]> = { '01A6': [], '0111': [] };
    for (let now = 0; now < 130_000; now += 500) {
      for (const task of schedule.due(now, 2)) {
        asked[task.name]?.push(now / 1_000);
        schedule.missed(task, now);
      }
    }
    expect(asked['01A6']).toEqual([0, 1, 2, 122]);
    expect(asked['0111']?.slice(0, 12)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 40]);
  });

  test('on a slow dongle each value comes once before fast ones come again', () => {
    const tasks = [
      { name: 'fast', everyMs: 100 },
      { name: 'slow', everyMs: 30_000 },
      { name: 'rare', everyMs: 120_000 },
    ];
    const schedule = new Schedule(tasks, 0);
    const asked = [1_000, 2_000, 3_000, 4_000].flatMap((now) => {
      const due = schedule.due(now, 1);
      for (const task of due) schedule.answered(task, now);
      return due.map(({ name }) => name);
    });
    expect(asked).toEqual(['fast', 'slow', 'rare', 'fast']);
  });

  test('keeps the beat: a late answer does not shift what follows', () => {
    const task = { name: '010C', everyMs: 1_000 };
    const schedule = new Schedule([task], 0);
    schedule.answered(task, 250);
    expect(schedule.nextMs()).toBe(1_000);
    schedule.answered(task, 5_400);
    expect(schedule.nextMs()).toBe(5_000);
    schedule.answered(task, 5_450);
    expect(schedule.nextMs()).toBe(6_000);
  });
});

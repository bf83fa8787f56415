/** Receivers: sentences and reports from the standards, and a real gpsd where there is one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import type { TelemetryEvent } from '@fleet/contract';
import { freePort, readDrives } from '@fleet/testkit';
import { afterEach, describe, expect, test } from '@jest/globals';
import { GnssSource } from '../src/gnss/gnss-source.ts';
import { readGpsd } from '../src/gnss/gpsd.ts';
import { readNmea } from '../src/gnss/nmea.ts';
import { sentencesOf } from '../src/sim/fake-receiver.ts';
import { openStream } from '../src/streams/open-stream.ts';
import { createLog, useFolders } from './outbox-kit.ts';
import { describeWith } from './programs.ts';
import { until } from './server-kit.ts';

const folderFor = useFolders();

describe('readNmea', () => {
  test.each([
    [
      'position, speed and time (example of NMEA 0183)',
      '$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230324,003.1,W*61',
      {
        fix: true,
        utcMs: Date.UTC(2024, 2, 23, 12, 35, 19),
        values: { lat: 48.1173, lon: 11.516666666666667, gps_speed_kph: 41.4848, heading_deg: 84.4 },
      },
    ],
    [
      'a receiver of several systems, standing still',
      '$GNRMC,001031.00,A,4404.13993,N,12118.86023,W,0.146,,100117,,,A*7B',
      {
        fix: true,
        utcMs: Date.UTC(2017, 0, 10, 0, 10, 31),
        values: { lat: 44.06899883333333, lon: -121.31433716666666, gps_speed_kph: 0.270392 },
      },
    ],
    [
      'height and quality',
      '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47',
      { values: { altitude_m: 545.4, hdop: 0.9, gps_satellites: 8 } },
    ],
    ['no fix', '$GPRMC,,V,,,,,,,,,,N*53', { fix: false, values: {} }],
    ['a wrong checksum', '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*48', undefined],
    ['something else', '$GPGSA,A,3,04,05,,09,12,,,24,,,,,2.5,1.3,2.1*39', undefined],
    ['noise of a wrong baud rate', '\u00f8~x\u00e0$GP', undefined],
  ])('%s', (_, line, expected) => {
    expect(readNmea(line)).toEqual(expected);
  });

  test('any event of a recorded drive comes back as it was written', () => {
    const utcMs = Date.UTC(2026, 4, 1, 7, 30, 15, 250);
    for (const { events } of readDrives().slice(0, 2)) {
      for (const event of events) {
        const [rmc, gga] = sentencesOf(event, utcMs).map((line) => readNmea(line.trim()));
        expect(rmc?.values['lat']).toBeCloseTo(event.lat ?? 0, 7);
        expect(rmc?.values['lon']).toBeCloseTo(event.lon ?? 0, 7);
        expect(rmc?.values['gps_speed_kph']).toBeCloseTo(event.speed_kph ?? 0, 2);
        expect(rmc?.utcMs).toBe(utcMs);
        expect(gga?.values).toMatchObject({ hdop: event.hdop, gps_satellites: event.gps_satellites });
      }
    }
  });
});

// gpsd_json(5)
describe('readGpsd', () => {
  test.each([
    [
      {
        class: 'TPV',
        mode: 3,
        time: '2026-05-01T07:30:15.250Z',
        lat: 46.498203637,
        lon: 7.56807435,
        altMSL: 1_327.689,
        alt: 1_300,
        speed: 10,
        track: 10.3788,
      },
      {
        fix: true,
        utcMs: Date.UTC(2026, 4, 1, 7, 30, 15, 250),
        values: { lat: 46.498203637, lon: 7.56807435, altitude_m: 1_327.689, gps_speed_kph: 36, heading_deg: 10.3788 },
      },
    ],
    [
      { class: 'TPV', mode: 1, time: '1980-01-06T00:00:00Z' },
      { fix: false, values: {} },
    ],
    [
      {
        class: 'SKY',
        hdop: 0.9,
        satellites: [
          { PRN: 1, used: true },
          { PRN: 2, used: false },
        ],
      },
      { values: { hdop: 0.9, gps_satellites: 1 } },
    ],
    [{ class: 'SKY', hdop: 0.9, uSat: 7 }, { values: { hdop: 0.9, gps_satellites: 7 } }],
    [{ class: 'VERSION', release: '3.22' }, undefined],
  ])('%j', (report, expected) => {
    expect(readGpsd(JSON.stringify(report))).toEqual(expected);
  });

  test.each(['', 'null', '{"class":"TPV"', '3'])('%j tells nothing', (line) => {
    expect(readGpsd(line)).toBeUndefined();
  });
});

describe('GnssSource', () => {
  test('a receiver that is pulled out is opened again; without a fix there is no position', async () => {
    const streams: Duplex[] = [];
    const open = async () => {
      const stream = new Duplex({ read() {}, write: (_bytes, _encoding, done) => done() });
      streams.push(stream);
      return stream;
    };
    const times: number[] = [];
    const onTime = (_source: string, utcMs: number) => void times.push(utcMs);
    const source = new GnssSource({
      open,
      protocol: 'nmea',
      log: createLog(),
      onTime,
      monoMs: () => performance.now(),
    });
    const running = source.run();
    await until(
      () => streams.length,
      (count) => count === 1,
    );
    streams[0]?.push('$GPRMC,,V,,,,,,,,,,N*53\r\n');
    await until(
      () => source.state().why,
      (why) => why === null,
    );
    expect(source.state()).toEqual({ fix: false, age_s: null, satellites: null, why: null });
    expect([source.take(), times]).toEqual([[], []]);

    streams[0]?.destroy();
    await until(
      () => streams.length,
      (count) => count === 2,
    );
    const [rmc] = sentencesOf({ ts: '', lat: 1, lon: 2, speed_kph: 36 }, Date.UTC(2026, 0, 1));
    streams[1]?.push(rmc);
    await until(
      () => source.state().fix,
      (fix) => fix,
    );
    expect(source.take()).toMatchObject([{ values: { lat: 1, lon: 2 } }]);
    expect(source.take()).toEqual([]);
    expect(times).toEqual([Date.UTC(2026, 0, 1)]);
    source.stop();
    await running;
  });
});

describeWith('gpsd', '-V')('gpsd (apt install gpsd)', () => {
  let daemon: ChildProcess;
  let source: GnssSource;
  let running: Promise<void>;
  let feed: NodeJS.Timeout;

  afterEach(async () => {
    clearInterval(feed);
    source.stop();
    await running;
    daemon.kill('SIGKILL');
  });

  test('a recorded track that it is fed with comes out, with its time', async () => {
    const [port, udp] = [await freePort(), await freePort()];
    const control = join(folderFor(), 'control');
    daemon = spawn('gpsd', ['-N', '-n', '-S', `${port}`, '-F', control, `udp://127.0.0.1:${udp}`], { stdio: 'ignore' });
    const track = (readDrives()[0]?.events ?? []).slice(0, 60) as TelemetryEvent[];
    const socket = createSocket('udp4');
    let next = 0;
    feed = setInterval(() => {
      const event = track[Math.min(next++, track.length - 1)];
      socket.send(sentencesOf(event, Date.now()).join(''), udp, '127.0.0.1');
    }, 50);
    const times: number[] = [];
    const onTime = (_source: string, utcMs: number) => void times.push(utcMs);
    const open = () => openStream({ kind: 'tcp', host: '127.0.0.1', port });
    source = new GnssSource({ open, protocol: 'gpsd', log: createLog(), onTime, monoMs: () => performance.now() });
    running = source.run();

    const seen: { lat?: number; lon?: number; gps_speed_kph?: number }[] = [];
    await until(
      () => {
        for (const { values } of source.take()) if (values['lat'] !== undefined) seen.push(values);
        return seen.length;
      },
      (count) => count >= 20,
      30_000,
    );
    socket.close();
    const known = new Set(track.map(({ lat, lon }) => `${lat?.toFixed(5)} ${lon?.toFixed(5)}`));
    const found = seen.filter(({ lat, lon }) => known.has(`${lat?.toFixed(5)} ${lon?.toFixed(5)}`));
    expect(found.length).toBeGreaterThanOrEqual(seen.length * 0.9);
    expect(Math.abs(times.at(-1)! - Date.now())).toBeLessThan(3_000);
    expect(source.state()).toMatchObject({ fix: true, why: null });
  });
});

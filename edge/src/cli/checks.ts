/** What `doctor` tries: each check says in one line what is, or what is wrong and the mend. */
import type { Duplex } from 'node:stream';
import type { Config, SourceAddress } from '../config.ts';
import { lockFolder } from '../edge-lock.ts';
import { readGpsd, WATCH } from '../gnss/gpsd.ts';
import { readNmea } from '../gnss/nmea.ts';
import { BUILT_AT } from '../machine.ts';
import { AdapterSession } from '../obd/adapter-session.ts';
import { Elm327 } from '../obd/elm327.ts';
import { createServerClient } from '../server-client.ts';
import { DrivePlayer } from '../sim/drive-player.ts';
import { FakeElm327 } from '../sim/fake-elm327.ts';
import { FakeReceiver } from '../sim/fake-receiver.ts';
import { askStatus, type EdgeStatus } from '../status-socket.ts';
import { openStream } from '../streams/open-stream.ts';
import { textLines } from '../streams/text-lines.ts';
import { TOLERANCE_MS } from '../trip/time.ts';
import { judge } from '../uplink/judge.ts';
import { mendFor } from './mends.ts';

/** What came of a check. */
export interface Finding {
  readonly ok: boolean;
  readonly text: string;
}

type Check = (config: Config, running: EdgeStatus | undefined) => Promise<Finding>;

/** How long a receiver is listened to, milliseconds. */
const LISTEN_MS = 8_000;

/** In the order in which things are mended. */
export const CHECKS: Readonly<Record<string, Check>> = {
  clock: async () => checkClock(),
  outbox: async ({ DATA_DIR }, running) => checkOutbox(DATA_DIR, running),
  dongle: checkDongle,
  receiver: checkReceiver,
  server: checkServer,
};

/** All findings, by name. A check that fails is a finding. */
export async function* examine(config: Config): AsyncGenerator<readonly [name: string, finding: Finding]> {
  const running = await askStatus(config.DATA_DIR);
  for (const [name, check] of Object.entries(CHECKS)) {
    const finding = await check(config, running).catch((error: unknown) => bad(mendFor(error)));
    yield [name, finding];
  }
}

function checkClock(): Finding {
  const now = new Date();
  if (now.getTime() >= BUILT_AT) return good(now.toISOString());
  return bad(`${now.toISOString()} can not be: it is set by the receiver or the server; until then drives wait`);
}

function checkOutbox(folder: string, running: EdgeStatus | undefined): Finding {
  if (running !== undefined) return good(`fleet-edge runs (${running.pid}), ${running.outbox.unsent} events to send`);
  lockFolder(folder)();
  return good(`${folder} can be written to`);
}

async function checkDongle({ obd }: Config, running: EdgeStatus | undefined): Promise<Finding> {
  if (obd === undefined) return good('none: OBD_URL is not set');
  if (running?.obd) {
    const { why, dongle, protocol } = running.obd;
    return why === null ? good(`${dongle}, protocol ${protocol}, in use by fleet-edge`) : bad(why);
  }
  const elm = new Elm327(await open(obd, (player) => new FakeElm327(player)));
  try {
    const session = new AdapterSession(elm);
    const name = await session.begin();
    const [volts, car] = [await session.volts(), await session.identify()];
    const plug = `${name}, ${volts ?? '?'} V at the plug`;
    if (car === null) return bad(`${plug}, but the car does not answer: switch the ignition on`);
    return good(`${plug}, protocol ${car.protocol}, ${car.pids.length} values, VIN ${car.vin ?? 'not told'}`);
  } finally {
    elm.close();
  }
}

async function checkReceiver({ gnss }: Config, running: EdgeStatus | undefined): Promise<Finding> {
  if (gnss === undefined) return good('none: GNSS_URL is not set');
  const stream = await open(gnss, (player) => new FakeReceiver(player, Date.now));
  const read = gnss.protocol === 'gpsd' ? readGpsd : readNmea;
  if (gnss.protocol === 'gpsd') stream.write(WATCH);
  const timer = setTimeout(() => stream.destroy(), LISTEN_MS);
  let spoke = false;
  try {
    for await (const line of textLines(stream)) {
      const saying = read(line);
      spoke ||= saying !== undefined;
      if (saying?.fix === true)
        return good(`fix at ${saying.values.lat?.toFixed(4)}, ${saying.values.lon?.toFixed(4)}`);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  } finally {
    clearTimeout(timer);
    stream.destroy();
  }
  if (spoke) return bad('it has no fix: give it a view of the sky, and a few minutes');
  return bad(
    running
      ? 'it says nothing to us, fleet-edge may have it'
      : 'it says nothing: is the baud rate right? GNSS_URL=/dev/…?baud=9600',
  );
}

async function checkServer(config: Config): Promise<Finding> {
  const client = createServerClient(config);
  if (client === undefined) return bad('SERVER_URL is not set: npx fleet-edge setup');
  const { VEHICLE } = config;
  try {
    const answer = await client.send({ method: 'GET', path: '/v1/session' });
    const verdict = judge(answer, ({ name, vehicles }) => (name === undefined ? undefined : { name, vehicles }));
    if (verdict.kind === 'wait') return bad(mendFor(new Error(verdict.why)));
    if (verdict.kind !== 'taken') return bad('this is no Fleet Telemetry server: mend SERVER_URL');
    const { name, vehicles } = verdict.body;
    const skewMs = Math.abs((answer.dateMs ?? 0) - Date.now());
    const mine = Array.isArray(vehicles) && VEHICLE !== undefined && !vehicles.includes(VEHICLE);
    if (mine) return bad(`the key is for ${vehicles.join(', ')}, not for VEHICLE=${VEHICLE}`);
    const clock = skewMs > TOLERANCE_MS + 1_000 ? `; its clock differs by ${Math.round(skewMs / 1_000)} s` : '';
    return good(`reached, the key is ${name}, for ${vehicles === '*' ? 'every vehicle' : vehicles}${clock}`);
  } finally {
    client.close();
  }
}

async function open(address: SourceAddress, simulate: (player: DrivePlayer) => Duplex): Promise<Duplex> {
  if (address.kind !== 'sim') return openStream(address);
  return simulate(new DrivePlayer(address.file, () => performance.now()));
}

function good(text: string): Finding {
  return { ok: true, text };
}

function bad(text: string): Finding {
  return { ok: false, text };
}

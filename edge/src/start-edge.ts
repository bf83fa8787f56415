/** Puts the edge together: sources, recorder, outbox, uplink. */
import type { Duplex } from 'node:stream';
import type { Config, SourceAddress } from './config.ts';
import { lockFolder } from './edge-lock.ts';
import { GnssSource } from './gnss/gnss-source.ts';
import { BUILT_AT, bootId, MACHINE_CLOCK, VERSION } from './machine.ts';
import { ObdSource } from './obd/obd-source.ts';
import { Outbox } from './outbox/outbox.ts';
import type { Clock, Log } from './ports.ts';
import { Recorder } from './recorder.ts';
import { createServerClient } from './server-client.ts';
import { DrivePlayer } from './sim/drive-player.ts';
import { FakeElm327 } from './sim/fake-elm327.ts';
import { FakeReceiver } from './sim/fake-receiver.ts';
import { type EdgeStatus, serveStatus } from './status-socket.ts';
import { openStream } from './streams/open-stream.ts';
import { TimeKeeper } from './time-keeper.ts';
import type { HttpClient } from './uplink/http-client.ts';
import { startUplink, type Uplink } from './uplink/uplink.ts';

export interface EdgeParts {
  readonly log: Log;
  readonly clock?: Clock;
  /** What sends; tests put something between. */
  readonly client?: HttpClient;
}

export interface Edge {
  readonly outbox: Outbox;
  status(): EdgeStatus;
  /** Rejects when something failed that only a new start can mend. */
  readonly failed: Promise<never>;
  /** Everything that was measured is committed when it resolves. */
  stop(): Promise<void>;
}

/** Throws `ConfigError`, `DriveFileError` or `OutboxError` where it can't begin: nothing runs then. */
export function startEdge(
  config: Config,
  { log, clock = MACHINE_CLOCK, client = createServerClient(config) }: EdgeParts,
): Edge {
  const unlock = lockFolder(config.DATA_DIR);
  const time = new TimeKeeper(clock, BUILT_AT, log);
  const utcNow = () => time.utcNow();
  const outbox = new Outbox({ folder: config.DATA_DIR, maxBytes: config.OUTBOX_MAX, log, bootId: bootId(), utcNow });
  time.attach(outbox);
  const { obd, gnss } = createSources(config, { log, clock, time });
  const timing = { sampleMs: config.SAMPLE_EVERY, idleMs: config.TRIP_IDLE_TIMEOUT };
  const recorder = new Recorder({ outbox, obd, gnss, time, clock, log, ...timing });
  recorder.start();
  outbox.start();
  const sources = [obd, gnss].filter((source) => source !== undefined);
  const running = sources.map((source) => source.run());
  const uplink = createUplink(config, { client, outbox, log, recorder, time });
  const status = (): EdgeStatus => ({
    version: VERSION,
    pid: process.pid,
    trip: recorder.trip && { id: recorder.trip.id, events: recorder.trip.nextSeq - 1 },
    time: time.known,
    outbox: outbox.figures(),
    obd: obd?.state() ?? null,
    gnss: gnss?.state() ?? null,
    uplink: uplink?.state() ?? null,
  });
  const socket = serveStatus(config.DATA_DIR, status);
  return {
    outbox,
    status,
    failed: Promise.all([...running, uplink?.done]).then(() => new Promise<never>(() => {})),
    async stop() {
      socket.close();
      recorder.stop();
      for (const source of sources) source.stop();
      await Promise.all(running);
      await uplink?.stop();
      outbox.close();
      unlock();
    },
  };
}

interface SourceParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly time: TimeKeeper;
}

function createSources({ obd, gnss, SAMPLE_EVERY }: Config, { log, clock, time }: SourceParts) {
  const { monoMs } = clock;
  const players = new Map<string, DrivePlayer>();
  const playerOf = (file: string) => {
    const player = players.get(file) ?? new DrivePlayer(file, monoMs);
    players.set(file, player);
    return player;
  };
  const opener = (address: SourceAddress, simulate: (player: DrivePlayer) => Duplex) => {
    if (address.kind !== 'sim') return () => openStream(address);
    const player = playerOf(address.file);
    return async () => simulate(player);
  };
  return {
    obd:
      obd &&
      new ObdSource({ open: opener(obd, (player) => new FakeElm327(player)), log, sampleMs: SAMPLE_EVERY, monoMs }),
    gnss:
      gnss &&
      new GnssSource({
        open: opener(gnss, (player) => new FakeReceiver(player, clock.systemMs)),
        protocol: gnss.protocol,
        log,
        onTime: (source, utcMs) => time.hear(source, utcMs),
        monoMs,
      }),
  };
}

interface SendParts {
  readonly client: HttpClient | undefined;
  readonly outbox: Outbox;
  readonly log: Log;
  readonly recorder: Recorder;
  readonly time: TimeKeeper;
}

function createUplink({ VEHICLE }: Config, { client, outbox, log, recorder, time }: SendParts): Uplink | undefined {
  if (client === undefined) {
    log.warn('SERVER_URL is not set: events are kept, and not sent');
    return undefined;
  }
  return startUplink({
    client,
    shipping: outbox.shipping,
    log,
    vehicle: VEHICLE,
    currentTrip: () => recorder.trip?.id ?? null,
    onTime: (source, utcMs) => time.hear(source, utcMs),
  });
}

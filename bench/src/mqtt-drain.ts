/** The program that takes what waits at a broker, in one of three ways. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '@fleet/api/config';
import { type Admission, admit } from '@fleet/api/ingest/admit';
import { parseJson } from '@fleet/api/ingest/decode';
import { Link } from '@fleet/api/mqtt/bridge/link';
import { startServer } from '@fleet/api/start';
import { openSqliteStore } from '@fleet/api/stores/sqlite/sqlite-store';
import { connect } from 'mqtt';
import { pino } from 'pino';
import { answer } from './child.ts';
import { slowCommits } from './slow-commits.ts';

/** Our server; mqtt.js with the same store, one message at a time; mqtt.js without a store; our client without a store. */
export type Way = 'ours' | 'naive' | 'nothing' | 'bare';

export interface DrainQuestion {
  readonly way: Way;
  /** Makes the session, so that messages wait in it; or takes them. */
  readonly step: 'subscribe' | 'drain';
  /** What a commit takes at least, milliseconds; 0 for what the disk takes. */
  readonly commitMs: number;
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly count: number;
  readonly folder: string;
}

export interface Drained {
  /** Messages a second. */
  readonly rate: number;
  /** Microseconds of CPU time of all threads for a message. */
  readonly cpuMicros: number;
}

const CLIENT_ID = 'bench';
const FILTER = 'telemetry/+';
const LOOK_MS = 5;

const never = new AbortController().signal;

/** Everybody may write, at any time: what it costs to find out is the same. */
const ADMISSION: Admission = {
  speaker: { resolve: (name) => name, mayWrite: () => true, namesOf: (vehicle) => [vehicle], source: 'bench' },
  window: { now: 0, latest: Number.MAX_SAFE_INTEGER, earliest: 0, kept: 0 },
  onRefused: () => {},
};

const WAYS: Readonly<Record<Way, (question: DrainQuestion) => Promise<Drained>>> = {
  ours: drainWithServer,
  naive: drainOneByOne,
  nothing: drainWithMqttJs,
  bare: drainWithoutStore,
};

answer(async (question: DrainQuestion): Promise<Drained> => {
  if (question.step === 'drain') return WAYS[question.way](question);
  const link = await Link.open(
    linkOptions(question, () => {}),
    never,
  );
  await link.subscribe([FILTER]);
  await link.end();
  return { rate: Number.NaN, cpuMicros: Number.NaN };
});

async function drainWithServer({ url, user, password, count, folder, commitMs }: DrainQuestion): Promise<Drained> {
  const place = { DATA_DIR: mkdtempSync(join(folder, 'ours-')), HOST: '127.0.0.1', PORT: '0' };
  const broker = { MQTT_URL: url, MQTT_USERNAME: user, MQTT_PASSWORD: password, MQTT_CLIENT_ID: CLIENT_ID };
  const config = loadConfig({ ...place, ...broker, INGEST_MAX_AGE: 'off' });
  const server = await startServer(config, { log: pino({ level: 'error' }) });
  const { tallies, store } = server.services;
  slowCommits(store, commitMs);
  const drained = await measure(count, () => tallies.eventCounts().get('stored') ?? 0);
  await server.stop();
  return drained;
}

async function drainWithoutStore(question: DrainQuestion): Promise<Drained> {
  let taken = 0;
  const options = linkOptions(question, (link, packets) => {
    for (const { payload } of packets) valid(Buffer.from(payload));
    link.acknowledge(packets);
    taken += packets.length;
  });
  const link = await Link.open(options, never);
  const drained = await measure(question.count, () => taken);
  await link.end();
  return drained;
}

async function drainOneByOne(question: DrainQuestion): Promise<Drained> {
  const folder = mkdtempSync(join(question.folder, 'naive-'));
  const { events } = await openSqliteStore({ folder, idleMs: 300_000 });
  slowCommits(events, question.commitMs);
  const drained = await drainByHandler(question, async (payload) => void (await events.write([valid(payload)])));
  await events.close();
  return drained;
}

function drainWithMqttJs(question: DrainQuestion): Promise<Drained> {
  return drainByHandler(question, async (payload) => void valid(payload));
}

/** mqtt.js: a message is acknowledged, and the next one handled, when the handler is done. */
async function drainByHandler(question: DrainQuestion, handle: (payload: Buffer) => Promise<void>): Promise<Drained> {
  const { url, user: username, password, count } = question;
  let taken = 0;
  const session = { clientId: CLIENT_ID, clean: false, protocolVersion: 4 } as const;
  const client = connect(url, { username, password, ...session, manualConnect: true });
  client.handleMessage = ({ payload }, done) => {
    void handle(Buffer.from(payload)).then(() => {
      taken++;
      done();
    });
  };
  client.connect();
  const drained = await measure(count, () => taken);
  await client.endAsync();
  return drained;
}

function valid(payload: Buffer) {
  const value = parseJson(payload);
  const event = value.ok ? admit(value.value, ADMISSION) : value;
  if (!event.ok) throw new Error(event.error.detail);
  return event.value;
}

/** From the first message to the last. */
async function measure(count: number, taken: () => number): Promise<Drained> {
  await reaches(1, taken);
  const [began, cpuBefore, before] = [performance.now(), process.cpuUsage(), taken()];
  await reaches(count, taken);
  const { user, system } = process.cpuUsage(cpuBefore);
  const messages = taken() - before;
  return { rate: (messages / (performance.now() - began)) * 1_000, cpuMicros: (user + system) / messages };
}

async function reaches(count: number, taken: () => number): Promise<void> {
  while (taken() < count) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}

function linkOptions(
  { url, user, password }: DrainQuestion,
  onMessages: Parameters<typeof Link.open>[0]['onMessages'],
) {
  return {
    url: new URL(url),
    username: user,
    password,
    ca: undefined,
    will: undefined,
    clientId: CLIENT_ID,
    onMessages,
  };
}

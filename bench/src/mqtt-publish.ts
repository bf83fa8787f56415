/** The program that publishes events to a broker: each another one, each a message of its own, with QoS 1. */
import { Link } from '@fleet/api/mqtt/bridge/link';
import { telemetryTopic } from '@fleet/contract';
import { answer } from './child.ts';
import { linesOfCar } from './event-stream.ts';

export interface PublishQuestion {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Sets the cars of each burst apart. */
  readonly burst: number;
  readonly count: number;
}

/** Cars that drive at the same time. */
const CARS = 8;
/** Messages that are under way. */
const AT_ONCE = 1_000;

answer(async ({ url, user, password, burst, count }: PublishQuestion): Promise<number> => {
  const options = { url: new URL(url), username: user, password, ca: undefined, will: undefined, onMessages: () => {} };
  const link = await Link.open({ ...options, clientId: 'bench-publisher' }, new AbortController().signal);
  const cars = Array.from({ length: CARS }, (_, car) => eventsOf(burst * CARS + car));
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    const part = Array.from({ length: Math.min(AT_ONCE, count - sent) }, (_, offset) => sent + offset);
    await Promise.all(
      part.map((index) => {
        const { topic, events } = cars[index % CARS] as (typeof cars)[number];
        return link.publish(topic, events[Math.floor(index / CARS)] ?? '', false);
      }),
    );
  }
  await link.end();
  return count;
});

function eventsOf(car: number): { topic: string; events: readonly string[] } {
  const events = linesOfCar('m', car).toString().split('\n');
  const { vehicle_id } = JSON.parse(events[0] ?? '') as { vehicle_id: string };
  return { topic: telemetryTopic(vehicle_id), events };
}

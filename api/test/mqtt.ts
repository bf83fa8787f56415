/** Clients of MQTT for tests: what they were told is kept, and nobody waits for what never comes. */
import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { until } from './server.ts';

export interface TestClient {
  readonly client: MqttClient;
  /** What came on topics that it reads. */
  readonly received: readonly { readonly topic: string; readonly text: string; readonly retain: boolean }[];
  /** Publishes with QoS 1; resolves with the PUBACK. Rejects where the connection ends before. */
  publish(
    topic: string,
    payload: unknown,
    options?: { readonly retain?: boolean; readonly qos?: 0 | 1 | 2 },
  ): Promise<void>;
  /** Reads a topic; whether it may. */
  subscribe(filter: string): Promise<boolean>;
  /** Resolves when the server closed the connection. */
  readonly closed: Promise<void>;
  end(): Promise<void>;
}

/** Connects once; rejects with what the server says. Never comes back by itself. */
export async function connectTo(port: number, password: string, options: IClientOptions = {}): Promise<TestClient> {
  const client = connect({
    protocol: 'mqtt',
    host: '127.0.0.1',
    port,
    username: 'anybody',
    password,
    reconnectPeriod: 0,
    protocolVersion: 4,
    ...options,
  });
  const received: TestClient['received'][number][] = [];
  client.on('message', (topic: string, payload: Buffer, { retain }: IPublishPacket) => {
    received.push({ topic, text: payload.toString(), retain });
  });
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed')));
  });
  client.on('error', () => {});
  return {
    client,
    received,
    closed,
    async publish(topic, payload, { retain = false, qos = 1 } = {}) {
      const bytes = typeof payload === 'string' || payload instanceof Buffer ? payload : JSON.stringify(payload);
      const lost = closed.then(() => Promise.reject(new Error('closed')));
      await Promise.race([client.publishAsync(topic, bytes, { qos, retain }), lost]);
    },
    async subscribe(filter) {
      const granted = await client.subscribeAsync(filter, { qos: 1 }).catch(() => []);
      return granted.some(({ qos }) => qos < 128);
    },
    async end() {
      await client.endAsync(true);
    },
  };
}

/** The receipts that a client heard for a vehicle, as values. */
export function receiptsOf({ received }: TestClient, vehicle: string): unknown[] {
  return received.filter(({ topic }) => topic === `stored/${vehicle}`).map(({ text }) => JSON.parse(text));
}

/** Waits until a client heard so many messages. */
export function heard(client: TestClient, count: number): Promise<unknown> {
  return until(
    () => client.received.length,
    (length) => length >= count,
  );
}

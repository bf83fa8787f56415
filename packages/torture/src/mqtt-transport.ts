/** Sends over MQTT, as a client that has the car's name; a PUBACK is the answer. */
import { telemetryTopic } from '@fleet/contract';
import { type Transport, vehicleOf } from '@fleet/testkit';
import { connect, type MqttClient } from 'mqtt';

/** A PUBACK is not waited for longer, milliseconds. */
const PATIENCE_MS = 10_000;

/** A way of sending to the broker at a port of this machine. */
export function mqttTransport(port: number): Transport {
  return async ({ key }, events) => {
    const [first] = events;
    if (first === undefined) return;
    const vehicle = vehicleOf(first);
    const client = connectAs(port, vehicle, key);
    try {
      await orLost(client, client.publishAsync(telemetryTopic(vehicle), JSON.stringify(events), { qos: 1 }));
    } finally {
      client.end(true);
    }
  };
}

/** A connection under a car's name: whoever else has that name loses theirs. */
export function connectAs(port: number, vehicle: string, key: string): MqttClient {
  const who = { clientId: vehicle, username: vehicle, password: key };
  const client = connect({ host: '127.0.0.1', port, ...who, reconnectPeriod: 0, connectTimeout: PATIENCE_MS });
  client.on('error', () => {});
  return client;
}

/** What was to be done over a connection; rejects where that ends before, or after a while. */
export async function orLost<T>(client: MqttClient, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const lost = new Promise<never>((_, reject) => {
    client.once('close', () => reject(new Error('the connection is lost')));
    timer = setTimeout(() => reject(new Error('nobody answers')), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, lost]);
  } finally {
    clearTimeout(timer);
  }
}

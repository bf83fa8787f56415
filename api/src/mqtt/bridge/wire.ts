/** How a connection to a broker begins, and the packets that leave in numbers. @see MQTT 3.1.1 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { IPublishPacket, Packet } from 'mqtt-packet';

/** Where a broker is. */
export interface Address {
  readonly url: URL;
  /** Certificates that are trusted instead of the system's, PEM. */
  readonly ca: Buffer | undefined;
}

/** What a broker is told of whoever connects. */
export interface Introduction {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly clientId: string;
  /** Published, retained, by the broker when the connection ends without a goodbye. */
  readonly will: { readonly topic: string; readonly payload: string } | undefined;
}

const PORTS: Readonly<Record<string, number>> = { 'mqtt:': 1_883, 'mqtts:': 8_883 };

/** A connection that is being made. */
export function socketTo({ url, ca }: Address): Socket {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const place = { host, port: Number(url.port) || (PORTS[url.protocol] ?? 0) };
  const isTls = url.protocol === 'mqtts:';
  const socket = isTls ? connectTls({ ...place, servername: host, ...(ca && { ca }) }) : connectTcp(place);
  return socket.setNoDelay(true);
}

/** The first packet (§3.1): a session that outlives the connection. */
export function connectPacket({ clientId, username, password, will }: Introduction, keepAliveS: number): Packet {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clean: false,
    clientId,
    keepalive: keepAliveS,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password: Buffer.from(password) }),
    ...(will && { will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true } }),
  };
}

/** A PUBACK (§3.4): its type, the length of the rest, the message id. */
const PUBACK_BYTES = 4;
const PUBACK_HEAD = 0x4002;

/** The PUBACKs of messages, in their order; none for what was published with QoS 0. */
export function acknowledgementsOf(packets: readonly IPublishPacket[]): Buffer {
  const ids = packets.flatMap(({ messageId }) => (messageId === undefined ? [] : [messageId]));
  const bytes = Buffer.allocUnsafe(ids.length * PUBACK_BYTES);
  for (const [at, id] of ids.entries()) {
    bytes.writeUInt16BE(PUBACK_HEAD, at * PUBACK_BYTES);
    bytes.writeUInt16BE(id, at * PUBACK_BYTES + 2);
  }
  return bytes;
}

/**
 * The broker inside: devices publish straight to this process, and hear PUBACK when their events are durable. It keeps no
 * sessions and no messages but the retained ones that this process publishes itself.
 * @see docs/adr/0011-mqtt-by-two-doors.md
 */
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes, type Client } from 'aedes';
import { MAX_PAYLOAD_BYTES } from '../payload.ts';
import { guardPackets } from './packet-guard.ts';
import type { Reception } from './reception.ts';

/** Paths of a certificate with its chain, and of its private key, both PEM. */
interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface EmbeddedBrokerOptions {
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  readonly tls: CertificateFiles | null;
  readonly reception: Reception;
  readonly onError: (error: Error) => void;
}

/** A packet's head and topic, beside its payload. */
const MAX_PACKET_BYTES = MAX_PAYLOAD_BYTES + 1_024;
const MAX_CONNECTIONS = 4_096;
/** How many may wait to be let in at once: all cars of a fleet come back with the network. */
const BACKLOG = 4_096;
/** How long a client may take from its connection to its CONNECT. */
const CONNECT_MS = 10_000;
/** Peers that are gone without a word are noticed, also where the client asks for no keep-alive. */
const TCP_KEEP_ALIVE_MS = 60_000;
/** How often the certificate is read again. */
const RENEW_EVERY_MS = 60 * 60_000;
/** Packets that a client may send before it has its CONNACK. */
const EARLY_PACKETS = 1_000;
/** How long a client may leave what is sent to it unread. */
const UNREAD_MS = 10_000;
/**
 * Messages that are handed to readers at once: any number. With a bound aedes queues all others, events too, behind those
 * that a single client does not read, and ends with a stack overflow when it empties the queue.
 */
const HANDED_ON_AT_ONCE = 0;

export class EmbeddedBroker {
  readonly #reception: Reception;
  readonly #aedes: Aedes;
  readonly #server: Server;
  #renewing: NodeJS.Timeout | undefined;

  private constructor({ reception, tls, onError }: EmbeddedBrokerOptions) {
    this.#reception = reception;
    this.#aedes = new Aedes({
      connectTimeout: CONNECT_MS,
      queueLimit: EARLY_PACKETS,
      drainTimeout: UNREAD_MS,
      concurrency: HANDED_ON_AT_ONCE,
      authenticate: (client, user, password, done) =>
        reception.enter(client, user ?? '', password, this.#clientOf(client.id), done),
      authorizePublish: (client, packet, done) =>
        client === null ? done(new Error('nobody published this')) : reception.take(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => {
        const mayRead = reception.mayRead(client, subscription.topic);
        if (!mayRead) reception.refused(client, `may not read ${subscription.topic}`);
        done(null, mayRead ? subscription : null);
      },
      authorizeForward: (client, packet) => (reception.mayRead(client, packet.topic) ? packet : null),
    });
    this.#aedes.on('error' as never, onError as never);
    const welcome = (socket: Socket) => this.#welcome(socket);
    this.#server = tls === null ? createServer(welcome) : this.#createTlsServer(tls, welcome, onError);
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** Starts it. Rejects with the error of whatever keeps it from listening. */
  static async start(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
    const broker = new EmbeddedBroker(options);
    await broker.#aedes.listen();
    try {
      await broker.#listen(options);
    } catch (error) {
      broker.#aedes.close();
      throw error;
    }
    return broker;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get clients(): number {
    return this.#aedes.connectedClients;
  }

  /** Publishes to whoever reads the topic; retained for those who come later too. */
  publish(topic: string, payload: string, retain = false): Promise<void> {
    const packet = { cmd: 'publish', topic, payload, qos: 1, retain, dup: false } as const;
    return new Promise((resolve, reject) => {
      this.#aedes.publish(packet, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Ends every connection. */
  async stop(): Promise<void> {
    clearInterval(this.#renewing);
    this.#server.close();
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
  }

  /** With the certificate that the file holds now, and later the one that it holds then: they are renewed in place. */
  #createTlsServer(tls: CertificateFiles, welcome: (socket: Socket) => void, onError: (error: Error) => void): Server {
    const server = createTlsServer({ ...readCertificate(tls), handshakeTimeout: CONNECT_MS }, welcome);
    const renew = () => {
      try {
        server.setSecureContext(readCertificate(tls));
      } catch (error) {
        onError(error as Error);
      }
    };
    this.#renewing = setInterval(renew, RENEW_EVERY_MS).unref();
    return server;
  }

  #listen({ host, port }: EmbeddedBrokerOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog: BACKLOG }, () => resolve());
    });
  }

  #welcome(socket: Socket & { readonly client?: Client }): void {
    socket.setNoDelay(true).setKeepAlive(true, TCP_KEEP_ALIVE_MS);
    guardPackets(socket, MAX_PACKET_BYTES, () => {
      if (socket.client !== undefined) this.#reception.refused(socket.client, 'a packet is larger than is taken');
      socket.destroy();
    });
    this.#aedes.handle(socket);
  }

  /** Who is connected under a client id. */
  #clientOf(id: string): Client | undefined {
    return (this.#aedes as unknown as { readonly clients: Readonly<Record<string, Client>> }).clients[id];
  }
}

function readCertificate({ certFile, keyFile }: CertificateFiles) {
  return { cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

/** Opens what a dongle or a receiver is plugged into: a serial port, or a TCP port. */
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** Where something is. `tcp://192.168.0.10:35000`, `/dev/ttyUSB0`, `/dev/rfcomm0?baud=38400`, `serial:///dev/ttyUSB0`. */
export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'serial'; readonly path: string; readonly baud: number };

/** How long a connection may take, milliseconds. */
const CONNECT_MS = 10_000;

/** Undefined where the text is no address. */
export function parseAddress(
  text: string,
  defaults: { readonly baud: number; readonly port?: number },
): Address | undefined {
  const serial = /^(?:serial:(?:\/\/)?)?(\/[^?\s]+|COM\d+)(?:\?baud=(\d+))?$/.exec(text);
  if (serial !== null) return { kind: 'serial', path: `${serial[1]}`, baud: Number(serial[2] ?? defaults.baud) };
  const tcp = /^(?:tcp|gpsd):\/\/(\[[^\]]+\]|[^:/\s]+)(?::(\d{1,5}))?\/?$/.exec(text);
  const port = Number(tcp?.[2] ?? defaults.port);
  if (tcp === null || !(port > 0 && port < 65_536)) return undefined;
  return { kind: 'tcp', host: `${tcp[1]}`.replace(/^\[|\]$/g, ''), port };
}

/** Rejects where nothing is there. */
export function openStream(address: Address): Promise<Duplex> {
  return address.kind === 'tcp' ? openTcp(address) : openSerial(address);
}

async function openTcp({ host, port }: { readonly host: string; readonly port: number }): Promise<Duplex> {
  const socket = connect({ host, port, keepAlive: true, keepAliveInitialDelay: CONNECT_MS, noDelay: true });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) });
    return socket;
  } catch (error) {
    socket.destroy();
    throw (error as Error).name === 'AbortError' ? new Error(`${host}:${port} does not answer`) : error;
  }
}

/** The driver is loaded only where there is a serial port: it takes memory. */
async function openSerial({ path, baud }: { readonly path: string; readonly baud: number }): Promise<Duplex> {
  const { SerialPort } = await import('serialport');
  const port = new SerialPort({ path, baudRate: baud, autoOpen: false });
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  return port;
}

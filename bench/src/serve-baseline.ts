/** What the baselines share: a plain HTTP server on a free port, which its first question asks for. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer } from './child.ts';

/** Serves every request, given its key and its whole body. */
export function serveBaseline(serve: (key: string, body: Buffer, res: ServerResponse) => void): void {
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => serve(req.headers.authorization?.slice('Bearer '.length) ?? '', Buffer.concat(chunks), res));
  });
  answer(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  });
}

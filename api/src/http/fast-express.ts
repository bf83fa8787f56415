/**
 * Express 5 sets the prototype of every request and response, which V8 answers by giving up what it learned of them:
 * that alone makes Express several times slower. Objects that are made with these prototypes don't need it.
 * @see docs/adr/0006-the-hot-path-goes-around-express.md
 */
import { IncomingMessage, type ServerOptions, ServerResponse } from 'node:http';
import type { Express } from 'express';

/** Options for `http.createServer` whose requests and responses are already what the application turns them into. */
export function expressMessages(app: Express): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  return {
    IncomingMessage: withPrototype(IncomingMessage, app.request),
    ServerResponse: withPrototype(ServerResponse, app.response),
  };
}

/** A constructor like `base` whose objects have the application's prototype. It leans on Express's inside, so it looks. */
function withPrototype<Base extends typeof IncomingMessage | typeof ServerResponse>(
  base: Base,
  prototype: object,
): Base {
  if (!Object.prototype.isPrototypeOf.call(base.prototype, prototype)) {
    throw new Error('Express no longer builds on the messages of node:http: fast-express.ts must be looked at');
  }
  function Message(this: object, ...args: unknown[]): void {
    Reflect.apply(base, this, args);
  }
  Message.prototype = prototype;
  return Message as unknown as Base;
}

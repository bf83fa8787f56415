/** Finds out who asks: by key, share link or browser session. */
import type { IncomingMessage } from 'node:http';
import type { Directory } from '../access/directory.ts';
import type { FailedTries } from '../access/failed-tries.ts';
import { type Access, mayEnter, type Principal } from '../access/principal.ts';
import type { SignIn } from '../access/sign-in.ts';
import { ProblemError } from '../ingest/problem-error.ts';
import { refused } from './route.ts';

/** The cookie of a browser session. */
export const SESSION_COOKIE = 'fleet_session';

/** Somebody of whom nothing is known. */
export const NOBODY: Principal = { id: '', name: '', role: 'viewer', vehicles: [], trip: null, session: null };

export interface AuthenticatorParts {
  readonly directory: Directory;
  readonly signIn: SignIn;
  readonly failedTries: FailedTries;
  /** The address of whoever asks, for counting wrong keys. */
  readonly addressOf: (req: IncomingMessage) => string;
  /** The address of the server as browsers know it. */
  readonly publicUrl: () => string;
  /** Hears of every principal that was let in. */
  readonly onSeen: (principal: Principal) => void;
}

export class Authenticator {
  readonly #parts: AuthenticatorParts;

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts;
  }

  /** Who asks, if they may enter. Throws `unauthorized`, `rate-limited` or `forbidden`. */
  enter(req: IncomingMessage, access: Access, share: string | null = null): Principal {
    const principal = this.#identify(req, share);
    if (principal === undefined) {
      if (access === 'open') return NOBODY;
      throw refused('unauthorized', 'send a key: Authorization: Bearer <key>');
    }
    return this.#admit(principal, access);
  }

  /**
   * Whose key it is, if they may enter: for addresses that take nothing but keys, wherever these stand. Throws
   * `unauthorized`, `rate-limited` or `forbidden`.
   */
  enterByKey(req: IncomingMessage, access: Access, key: string | null): Principal {
    if (key === null) throw refused('unauthorized', 'send a key');
    const principal = this.#parts.directory.holderOf(key) ?? this.#refuse(req, 'this key is wrong, expired or revoked');
    return this.#admit(principal, access);
  }

  #admit(principal: Principal, access: Access): Principal {
    if (!mayEnter(principal, access)) {
      throw refused('forbidden', `a key with the role ${principal.role} may not do that`);
    }
    this.#parts.onSeen(principal);
    return principal;
  }

  #identify(req: IncomingMessage, share: string | null): Principal | undefined {
    const { directory, signIn, publicUrl } = this.#parts;
    const key = bearerIn(req.headers.authorization);
    if (key !== null) return directory.holderOf(key) ?? this.#refuse(req, 'this key is wrong, expired or revoked');
    if (share !== null) {
      return directory.sharedBy(share) ?? this.#refuse(req, 'this link is wrong, has ended or was taken back');
    }
    const session = sessionIn(req.headers.cookie);
    if (session === null) return undefined;
    if (isForged(req, publicUrl())) throw refused('forbidden', 'this request came from another site');
    return signIn.holderOf(session);
  }

  #refuse(req: IncomingMessage, detail: string): never {
    const waitMs = this.#parts.failedTries.note(this.#parts.addressOf(req));
    if (waitMs === 0) throw refused('unauthorized', detail);
    const retryAfterS = Math.ceil(waitMs / 1_000);
    throw new ProblemError({ slug: 'rate-limited', detail: `too many wrong keys: wait ${retryAfterS} s`, retryAfterS });
  }
}

/** The token of an `Authorization: Bearer` header (RFC 6750 §2.1). */
export function bearerIn(header: string | undefined): string | null {
  return header !== undefined && /^bearer /i.test(header) ? header.slice(7).trim() : null;
}

/** A key as apps can send it: as a token, or as the password of Basic (RFC 7617), or as its user where there is none. */
export function keyIn(header: string | undefined): string | null {
  const [, scheme = '', value = ''] = /^(\S+) +(.*)$/.exec(header ?? '') ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
    case 'token':
      return value.trim();
    case 'basic': {
      const [user = '', ...password] = Buffer.from(value, 'base64').toString().split(':');
      return password.join(':') || user;
    }
    default:
      return null;
  }
}

function sessionIn(cookies: string | undefined): string | null {
  const prefix = `${SESSION_COOKIE}=`;
  const cookie = cookies?.split('; ').find((each) => each.startsWith(prefix));
  return cookie === undefined ? null : cookie.slice(prefix.length);
}

/**
 * Whether another site made the browser change something in the name of whoever is signed in, or sign in as somebody
 * else. Browsers say so in `Sec-Fetch-Site`, but over https only; over http `Origin` must do.
 */
export function isForged({ method, headers }: IncomingMessage, publicUrl: string): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin, host } = headers;
  if (origin === undefined) return false;
  const from = URL.canParse(origin) ? new URL(origin).host : '';
  return from !== host?.toLowerCase() && from !== new URL(publicUrl).host;
}

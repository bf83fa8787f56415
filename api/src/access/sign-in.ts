/** Signing in: links that are good once, the sessions that they open, and their end. */
import type { Registry } from '../registry.ts';
import type { Directory } from './directory.ts';
import type { Principal } from './principal.ts';
import {
  newClaims,
  newSessionKey,
  OWNER,
  readToken,
  SESSION_MS,
  SIGNIN_MS,
  sessionKeyOf,
  signToken,
} from './tokens.ts';

const SESSION_KEY = 'session-key';

/**
 * The key that sessions are signed with: the registry's own, or, where many processes share a store and are given their
 * `ADMIN_TOKEN` here, one that each of them makes of it.
 */
export async function loadSessionKey(registry: Registry, adminToken: string | undefined, now: number): Promise<Buffer> {
  if (adminToken !== undefined) return sessionKeyOf(adminToken);
  const body = { value: newSessionKey().toString('base64url') };
  await registry.create({ kind: 'secret', id: SESSION_KEY, owner: '', at: now, body });
  const stored = await registry.get('secret', SESSION_KEY);
  return Buffer.from(stored?.body.value ?? body.value, 'base64url');
}

/** A token for a link that signs a person in, once; the person is `OWNER` for whoever runs the server. */
export function signInToken(key: Uint8Array, person: string, now: number, ms = SIGNIN_MS): string {
  return signToken(newClaims('signin', person, now + ms), key);
}

export interface SignInParts {
  readonly registry: Registry;
  readonly directory: Directory;
  readonly key: Uint8Array;
  readonly now: () => number;
}

export class SignIn {
  readonly #parts: SignInParts;

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  /** A token for a link that signs a person in, once. */
  invite(person: string, ms?: number): string {
    return signInToken(this.#parts.key, person, this.#parts.now(), ms);
  }

  /** Uses a link up: the session's token and its end, undefined where the link is no good (any more). */
  async open(link: string): Promise<{ token: string; expires_at: number } | undefined> {
    const { key, now } = this.#parts;
    const claims = readToken(link, 'signin', key, now());
    if (claims === undefined || !this.#exists(claims.person)) return undefined;
    if (!(await this.#revoke(claims.id, claims.expires_at))) return undefined;
    const session = newClaims('session', claims.person, now() + SESSION_MS);
    return { token: signToken(session, key), expires_at: session.expires_at };
  }

  /** Who a session's token speaks for, undefined where it is no good (any more). */
  holderOf(token: string): Principal | undefined {
    const { key, now, directory } = this.#parts;
    const claims = readToken(token, 'session', key, now());
    if (claims === undefined || directory.isRevoked(claims.id)) return undefined;
    const session = claims.id;
    if (claims.person === OWNER) {
      return { id: `person/${OWNER}`, name: OWNER, role: 'admin', vehicles: '*', trip: null, session };
    }
    const person = directory.person(claims.person);
    return person && { ...person, id: `person/${claims.person}`, trip: null, session };
  }

  /** Ends a session. */
  async close(session: string): Promise<void> {
    await this.#revoke(session, this.#parts.now() + SESSION_MS);
  }

  #exists(person: string): boolean {
    return person === OWNER || this.#parts.directory.person(person) !== undefined;
  }

  /** Whether the token was still good. */
  async #revoke(id: string, expires_at: number): Promise<boolean> {
    const { registry, directory, now } = this.#parts;
    const first = await registry.create({ kind: 'revocation', id, owner: '', at: now(), body: { expires_at } });
    await directory.refresh();
    return first;
  }
}

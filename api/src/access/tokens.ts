/**
 * Signed tokens: who signed in, until when. Whoever has the key can check them, so any number of processes agree
 * without asking each other.
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a token says. */
export interface TokenClaims {
  /** A link to sign in with, good once, or the session that it opens. */
  readonly use: 'signin' | 'session';
  /** The token's own id, for taking it back. */
  readonly id: string;
  /** The person's id, or `admin` for whoever runs the server. */
  readonly person: string;
  /** Milliseconds since 1970. */
  readonly expires_at: number;
}

/** How long a link to sign in is good. */
export const SIGNIN_MS = 15 * 60_000;

/** How long a session lasts. */
export const SESSION_MS = 30 * 86_400_000;

/** The person behind links that the server itself prints. */
export const OWNER = 'admin';

/** The session key of all processes that share an `ADMIN_TOKEN`. */
export function sessionKeyOf(adminToken: string): Buffer {
  return Buffer.from(hkdfSync('sha256', adminToken, '', 'fleet-telemetry session key', 32));
}

/** A session key for a server without an `ADMIN_TOKEN`. */
export function newSessionKey(): Buffer {
  return randomBytes(32);
}

/** Makes a token. */
export function signToken(claims: TokenClaims, key: Uint8Array): string {
  const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return `${body}.${signature(body, key)}`;
}

/** What a token says, if it was signed with the key and is still good; undefined else. */
export function readToken(
  token: string,
  use: TokenClaims['use'],
  key: Uint8Array,
  now: number,
): TokenClaims | undefined {
  const [body, signed, ...rest] = token.split('.');
  if (body === undefined || signed === undefined || rest.length > 0) return undefined;
  const expected = Buffer.from(signature(body, key));
  const given = Buffer.from(signed);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as TokenClaims;
  return claims.use === use && claims.expires_at > now ? claims : undefined;
}

/** Claims of a new token. */
export function newClaims(use: TokenClaims['use'], person: string, expires_at: number): TokenClaims {
  return { use, id: randomBytes(12).toString('base64url'), person, expires_at };
}

function signature(body: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(body).digest('base64url');
}

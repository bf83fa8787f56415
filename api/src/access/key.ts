/** Keys and other secrets that prove who somebody is: long, random, and kept only as digests. */
import { hash, randomBytes } from 'node:crypto';

/** Bytes of chance in a key: 192 bits. */
const KEY_BYTES = 24;

/** A new key: URL-safe, so that it fits in a header, a path and a QR code. */
export function newKey(): string {
  return `fleet_${randomBytes(KEY_BYTES).toString('base64url')}`;
}

/** What is kept of a key: SHA-256, hexadecimal. Keys are random, so that no salt or slow hash is needed. */
export function digestOf(key: string): string {
  return hash('sha256', key, 'hex');
}

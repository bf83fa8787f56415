/** Keys and other secrets that prove who somebody is: long, random, and kept only as digests. */
import { hash, pbkdf2Sync, randomBytes } from 'node:crypto';

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

/** Rounds of PBKDF2, Mosquitto's own: they slow down guessing, and a random key can't be guessed. */
const ROUNDS = 101;
const SALT_BYTES = 12;
const HASH_BYTES = 64;

/** A password as Mosquitto keeps it: PBKDF2 of SHA-512, `$7$<rounds>$<salt>$<hash>`. @see mosquitto_passwd(1) */
export function mosquittoHash(password: string): string {
  const salt = randomBytes(SALT_BYTES);
  const digest = pbkdf2Sync(password, salt, ROUNDS, HASH_BYTES, 'sha512');
  return `$7$${ROUNDS}$${salt.toString('base64')}$${digest.toString('base64')}`;
}

/** The user name that goes with a key at a broker, made from its digest: several keys of a device are valid at once. */
export function mqttUserOf(sha256: string): string {
  return `fleet-${sha256.slice(0, 12)}`;
}

/** The id of a trip that an app numbers in its own way: the same for the same device and session, whoever asks. */
import { createHash } from 'node:crypto';

/** The namespace of these ids (RFC 9562 §6.5). */
const APP_TRIPS = '6f8c0d4e-52a1-4c8b-9b57-0e8e3b1c7f2d';

/** `device` is whose key it is and what the app calls itself; a new key for it changes nothing. */
export function appTripId(device: readonly string[], session: string): string {
  return uuidV5(APP_TRIPS, JSON.stringify([...device, session]));
}

/** A UUID of a name within a namespace, version 5. @see RFC 9562 §5.5 */
export function uuidV5(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newClaims, newSessionKey, readToken, sessionKeyOf, signToken } from './tokens.ts';

const KEY = sessionKeyOf('the-admins');
const NOW = Date.UTC(2025, 10, 4);

describe('a signed token', () => {
  test('says what was signed, to whoever has the key, until its end', () => {
    const claims = newClaims('session', 'anna', NOW);
    const token = signToken(claims, KEY);

    expect(readToken(token, 'session', sessionKeyOf('the-admins'), NOW - 1)).toEqual(claims);
    expect(readToken(token, 'session', KEY, NOW)).toBeUndefined();
    expect(readToken(token, 'signin', KEY, NOW - 1)).toBeUndefined();
    expect(readToken(token, 'session', sessionKeyOf('the-admin'), NOW - 1)).toBeUndefined();
    expect(readToken(token, 'session', newSessionKey(), NOW - 1)).toBeUndefined();
  });

  test('has an id of its own', () => {
    expect(newClaims('signin', 'anna', NOW).id).not.toBe(newClaims('signin', 'anna', NOW).id);
  });

  test('says nothing once a character of it is another', () => {
    const token = signToken(newClaims('session', 'anna', NOW), KEY);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.string({ maxLength: 3 }), (at, put) => {
        const changed = token.slice(0, at) + put + token.slice(at + 1);
        fc.pre(changed !== token);

        expect(readToken(changed, 'session', KEY, NOW - 1)).toBeUndefined();
      }),
    );
  });

  test('is none of the texts that somebody makes up', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `${text}.`),
          fc.base64String(),
        ),
        (text) => {
          expect(readToken(text, 'session', KEY, NOW)).toBeUndefined();
        },
      ),
    );
  });
});

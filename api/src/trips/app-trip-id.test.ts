import { isUuid } from '@fleet/contract';
import { describe, expect, test } from '@jest/globals';
import { appTripId, uuidV5 } from './app-trip-id.ts';
import { derivedTripTime } from './trip-id.ts';

describe('uuidV5', () => {
  test.each([
    // RFC 9562, appendix A.4; and Python's uuid.uuid5(uuid.NAMESPACE_DNS, 'python.org')
    ['6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com', '2ed6657d-e927-568b-95e1-2665a8aea6a2'],
    ['6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'python.org', '886313e1-3b8a-5372-9b90-0c9aee199e5d'],
  ])('in %s of %s is %s', (namespace, name, uuid) => {
    expect(uuidV5(namespace, name)).toBe(uuid);
  });
});

describe("an app's trip", () => {
  test('has an id that is always the same, a UUID, and none that the server makes for loose events', () => {
    const id = appTripId(['device/1', 'phone'], '1762257192000');

    expect(appTripId(['device/1', 'phone'], '1762257192000')).toBe(id);
    expect(isUuid(id)).toBe(true);
    expect(derivedTripTime(id, 'golf')).toBeUndefined();
  });

  test('is another one for another session, device or key', () => {
    const ids = [
      appTripId(['device/1', 'phone'], '1'),
      appTripId(['device/1', 'phone'], '2'),
      appTripId(['device/1', 'tablet'], '1'),
      appTripId(['device/2', 'phone'], '1'),
      appTripId(['device/1'], 'phone'),
    ];

    expect(new Set(ids).size).toBe(ids.length);
  });
});

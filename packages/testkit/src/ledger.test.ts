import type { TelemetryEvent } from '@fleet/contract';
import { expect, test } from '@jest/globals';
import { Ledger, type StoredEvent } from './ledger.ts';

const TRIP = '3f0c1c0e-6f1a-4d6e-9a54-0c6f0f5f1a11';
const SENT: readonly TelemetryEvent[] = [
  { vehicle_id: 'golf', ts: '2026-05-01T10:00:00Z', speed_kph: 50, rpm: 2_000 },
  { vehicle_id: 'golf', ts: '2026-05-01T10:00:01Z', speed_kph: 51, trip_id: TRIP, seq: 7 },
];
const UNANSWERED: TelemetryEvent = { vehicle_id: 'golf', ts: '2026-05-01T10:00:02Z', speed_kph: 52 };
const STORED: readonly StoredEvent[] = [
  { vehicle: 'golf', ts: '2026-05-01T10:00:00.000Z', seq: 1_777_629_600_000, values: { rpm: 2_000, speed_kph: 50 } },
  { vehicle: 'golf', ts: '2026-05-01T10:00:01.000Z', seq: 7, values: { speed_kph: 51 } },
];
const PENDING: StoredEvent = {
  vehicle: 'golf',
  ts: '2026-05-01T10:00:02.000Z',
  seq: 1_777_629_602_000,
  values: { speed_kph: 52 },
};
const [FIRST, SECOND] = STORED as [StoredEvent, StoredEvent];

function ledger(): Ledger {
  const ledger = new Ledger();
  ledger.sending([...SENT, UNANSWERED]);
  ledger.acknowledged(SENT);
  return ledger;
}

test.each<[string, readonly StoredEvent[]]>([
  ['all that was acknowledged', STORED],
  ['also what was sent without an answer', [...STORED, PENDING]],
])('nothing is wrong with a store that holds %s', (_words, stored) => {
  expect(ledger().faultsIn(stored)).toEqual([]);
});

test.each<[string, readonly StoredEvent[], RegExp]>([
  ['has lost an acknowledged event', [FIRST], /#7 was acknowledged, but is not stored/],
  ['holds an event twice', [...STORED, SECOND], /#7 is stored 2 times, not 1/],
  ['holds what nobody sent', [...STORED, { ...SECOND, seq: 8 }], /#8 is stored, but nobody sent it/],
  ['holds it for another vehicle', [FIRST, { ...SECOND, vehicle: 'polo' }], /polo .* nobody sent it/],
  ['has changed a value', [FIRST, { ...SECOND, values: { speed_kph: 51.5 } }], /stored as \{"speed_kph":51.5\}/],
  ['has lost a value', [{ ...FIRST, values: { rpm: 2_000 } }, SECOND], /stored as \{"rpm":2000\}/],
])('a store that %s is told', (_words, stored, fault) => {
  expect(ledger().faultsIn(stored).join('\n')).toMatch(fault);
});

/** What an app calls the signals of a car that have no name here: kept by vehicle, for people to read. */
import { chooseVehicle, type VehicleNames } from '../access/choose-vehicle.ts';
import type { Principal } from '../access/principal.ts';
import type { Registry } from '../registry.ts';
import type { Decoded, SignalLabel } from './format.ts';

/** Most labels of a vehicle: a car has some hundred parameters. */
const MOST_LABELS = 500;
const LONGEST = 100;

interface Keeping {
  readonly registry: Registry;
  readonly directory: VehicleNames;
  readonly now: () => number;
}

/** Keeps labels; those that are known already cost no write, and what is not said this time stays. */
export async function keepLabels(
  { registry, directory, now }: Keeping,
  principal: Principal,
  { devices, labels }: NonNullable<Decoded['labelling']>,
): Promise<void> {
  if (labels.length === 0) return;
  const vehicle = chooseVehicle(principal, directory, { devices });
  if (!vehicle.ok) return;
  const known = new Map((await storedOf(registry, vehicle.value)).map((label) => [label.signal, label]));
  for (const said of labels) {
    const { signal } = said;
    const before = known.get(signal) ?? { signal, label: '', unit: '' };
    const body = together(before, said);
    if (before.label === body.label && before.unit === body.unit) continue;
    if (!known.has(signal) && known.size >= MOST_LABELS) continue;
    known.set(signal, body);
    await registry.put({
      kind: 'signal-label',
      id: `${vehicle.value} ${signal}`,
      owner: vehicle.value,
      at: now(),
      body,
    });
  }
}

/** What was known of a signal, with what is said now. */
function together(before: SignalLabel, { signal, label, unit }: SignalLabel): SignalLabel {
  return { signal, label: label.slice(0, LONGEST) || before.label, unit: unit.slice(0, LONGEST) || before.unit };
}

/** The labels of a vehicle, by signal. */
export async function labelsOf(registry: Registry, vehicle: string): Promise<readonly SignalLabel[]> {
  const labels = (await storedOf(registry, vehicle)).filter(({ label }) => label !== '');
  return labels.sort((a, b) => (a.signal < b.signal ? -1 : 1));
}

/** With those of which only the unit is known so far. */
async function storedOf(registry: Registry, vehicle: string): Promise<SignalLabel[]> {
  return (await registry.list('signal-label', { owner: vehicle })).map(({ body }) => body);
}

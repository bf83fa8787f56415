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

/** Keeps labels; those that are known already cost no write. */
export async function keepLabels(
  { registry, directory, now }: Keeping,
  principal: Principal,
  { devices, labels }: NonNullable<Decoded['labelling']>,
): Promise<void> {
  if (labels.length === 0) return;
  const vehicle = chooseVehicle(principal, directory, { devices });
  if (!vehicle.ok) return;
  const known = new Map((await labelsOf(registry, vehicle.value)).map((label) => [label.signal, label]));
  for (const { signal, ...words } of labels) {
    const body = { signal, label: words.label.slice(0, LONGEST), unit: words.unit.slice(0, LONGEST) };
    const before = known.get(signal);
    if (before?.label === body.label && before.unit === body.unit) continue;
    if (before === undefined && known.size >= MOST_LABELS) continue;
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

/** The labels of a vehicle, by signal. */
export async function labelsOf(registry: Registry, vehicle: string): Promise<readonly SignalLabel[]> {
  const documents = await registry.list('signal-label', { owner: vehicle });
  return documents.map(({ body }) => body).sort((a, b) => (a.signal < b.signal ? -1 : 1));
}

/** Which Secrets of a release are missing, or lack something, and what belongs into them. */
import { randomBytes } from 'node:crypto';
import { EDGE_KEY_PREFIX, EDGE_SECRET, KUBERNETES_SECRETS } from '../../kubernetes-secrets.ts';

/** As far as it is looked at. */
export interface PresentSecret {
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** A Secret, and which of its keys are new. */
export interface NewSecret {
  readonly made: readonly string[];
  readonly manifest: SecretManifest;
}

export interface SecretManifest {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly type: 'Opaque';
  /** Base64. */
  readonly data: Readonly<Record<string, string>>;
}

const TYPE = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque' } as const;
/** Bytes of chance: 240 bits, forty characters. */
const BYTES = 30;
/** As the chart cuts it. */
const MOST_CHARACTERS = 35;

/** For whom Secrets are made. */
export interface ForRelease {
  readonly release: string;
  readonly namespace: string;
  /** Names of cars that the chart has programs for. */
  readonly cars: readonly string[];
}

/**
 * Secrets that lack something, with that, and with what they have: `kubectl apply` takes away what it put there itself and
 * finds no more.
 */
export function missingSecrets(
  { release, namespace, cars }: ForRelease,
  present: readonly PresentSecret[],
): NewSecret[] {
  const prefix = release.replaceAll('.', '-').slice(0, MOST_CHARACTERS).replace(/-$/, '');
  const labels = { 'app.kubernetes.io/name': 'fleet', 'app.kubernetes.io/instance': release };
  const wanted = { ...KUBERNETES_SECRETS, [EDGE_SECRET]: cars.map((car) => `${EDGE_KEY_PREFIX}${car}`) };
  return Object.entries(wanted).flatMap(([suffix, keys]) => {
    const name = `${prefix}-${suffix}`;
    const there = present.find(({ metadata }) => metadata.name === name)?.data ?? {};
    const made = keys.filter((key) => !there[key]);
    if (made.length === 0) return [];
    const data = { ...there, ...Object.fromEntries(made.map((key) => [key, newSecret()])) };
    return [{ made, manifest: { ...TYPE, metadata: { name, namespace, labels }, data } }];
  });
}

function newSecret(): string {
  return Buffer.from(randomBytes(BYTES).toString('base64url')).toString('base64');
}

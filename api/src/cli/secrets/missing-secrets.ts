/** Which Secrets of a release are missing, or lack something, and what belongs into them. */
import { randomBytes } from 'node:crypto';
import { KUBERNETES_SECRETS } from '../../kubernetes-secrets.ts';

/** As far as it is looked at. */
export interface PresentSecret {
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
}

export interface NewSecret {
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

/** Bytes of chance: 240 bits, forty characters. */
const BYTES = 30;
/** As the chart cuts it. */
const MOST_CHARACTERS = 35;

/** Secrets with just what is not there: `kubectl apply` adds that, and leaves the rest. */
export function missingSecrets(release: string, namespace: string, present: readonly PresentSecret[]): NewSecret[] {
  const prefix = release.replaceAll('.', '-').slice(0, MOST_CHARACTERS).replace(/-$/, '');
  const labels = { 'app.kubernetes.io/name': 'fleet', 'app.kubernetes.io/instance': release };
  return Object.entries(KUBERNETES_SECRETS).flatMap(([suffix, keys]) => {
    const name = `${prefix}-${suffix}`;
    const there = present.find(({ metadata }) => metadata.name === name)?.data ?? {};
    const data = keys.filter((key) => !there[key]).map((key) => [key, newSecret()] as const);
    if (data.length === 0) return [];
    const metadata = { name, namespace, labels };
    return [{ apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: Object.fromEntries(data) }];
  });
}

function newSecret(): string {
  return Buffer.from(randomBytes(BYTES).toString('base64url')).toString('base64');
}

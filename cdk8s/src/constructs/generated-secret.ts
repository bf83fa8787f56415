/** Passwords that nobody gives: made once, kept over upgrades, and over a new installation on volumes that stayed. */
import { KUBERNETES_SECRETS, type KubernetesSecret } from '@fleet/api/kubernetes-secrets';
import { Construct } from 'constructs';
import type { Secret } from 'kubernetes-types/core/v1.js';
import type { Expr } from '../helm/expression.ts';
import { Manifest } from '../helm/manifest.ts';
import { keptSecret } from '../helm/operators.ts';
import { isGenerated, nameOf, shared } from './global-values.ts';
import { metadataOf } from './pod.ts';

export interface GeneratedSecretProps {
  readonly component: string;
  /** Its name after the release's. */
  readonly secret: KubernetesSecret;
  /** The value that names another one. @default there is none */
  readonly existing?: Expr<string>;
}

/** What stays when a release is uninstalled. */
export const KEPT = { 'helm.sh/resource-policy': 'keep' };

export class GeneratedSecret extends Construct {
  constructor(scope: Construct, id: string, { component, secret, existing }: GeneratedSecretProps) {
    super(scope, id);
    const name = nameOf(secret);
    new Manifest<Secret>(
      this,
      'secret',
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: metadataOf(component, { name, annotations: KEPT }),
        type: 'Opaque',
        data: Object.fromEntries(KUBERNETES_SECRETS[secret].map((key) => [key, keptSecret(name, key)])),
      },
      { when: existing === undefined ? shared.secrets.generate : isGenerated(existing), onlyHelm: true },
    );
  }
}

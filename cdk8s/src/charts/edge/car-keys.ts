/** The keys of cars, each for its vehicle alone: the programs of cars have them, and the API lets them in. */
import { EDGE_KEY_PREFIX, EDGE_SECRET } from '@fleet/api/kubernetes-secrets';
import { Construct } from 'constructs';
import type { Secret } from 'kubernetes-types/core/v1.js';
import { KEPT } from '../../constructs/generated-secret.ts';
import { nameOf, shared } from '../../constructs/global-values.ts';
import { metadataOf } from '../../constructs/pod.ts';
import { Manifest } from '../../helm/manifest.ts';
import { and, keptSecret, not } from '../../helm/operators.ts';
import { EachEntry, merge } from '../../helm/template.ts';
import { text } from '../../helm/text.ts';
import { localRef } from '../../helm/values.ts';
import { edge } from './values.ts';

/** The variable of loops over cars. */
export const CAR = 'car';
export const CAR_NAME = localRef<string>('bare', CAR, 'name');

export const CAR_KEYS_SECRET = nameOf(EDGE_SECRET);

/** The key of a car in the Secret, and the name of its file. */
export const CAR_KEY = text`${EDGE_KEY_PREFIX}${CAR_NAME}`;

/** One made for each car that has none; the key of a car that is no more goes with it. */
export class CarKeys extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    new Manifest<Secret>(
      this,
      'secret',
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: metadataOf('edge', { name: CAR_KEYS_SECRET, annotations: KEPT }),
        type: 'Opaque',
        data: merge(new EachEntry(edge.cars, CAR, [CAR_KEY, keptSecret(CAR_KEYS_SECRET, CAR_KEY)])),
      },
      { when: and(shared.secrets.generate, not(edge.serverUrl)), onlyHelm: true },
    );
  }
}

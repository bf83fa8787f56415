/** How many pods a Deployment has: as many as its load wants, and never none while nodes are emptied. */
import { Construct } from 'constructs';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import type { Expr } from '../helm/expression.ts';
import { Manifest } from '../helm/manifest.ts';
import { and, isMoreThan, not, or } from '../helm/operators.ts';
import { bool, group, int, type Refs } from '../helm/values.ts';
import { nameOf } from './global-values.ts';
import { metadataOf, selectorOf } from './pod.ts';

export const AUTOSCALING = group('A HorizontalPodAutoscaler; it needs a metrics server.', {
  enabled: bool(false, 'Whether there is one: then `replicas` counts no more.'),
  minReplicas: int(1, 100, 2, 'Least pods.'),
  maxReplicas: int(1, 100, 10, 'Most pods.'),
  targetCPU: int(1, 1_000, 70, 'Load that it aims at, percent of the requested CPU.'),
});

export interface ScalingProps {
  readonly component: string;
  readonly replicas: Expr<number>;
  readonly autoscaling: Refs<(typeof AUTOSCALING)['spec']>;
}

export class Scaling extends Construct {
  constructor(scope: Construct, id: string, { component, replicas, autoscaling }: ScalingProps) {
    super(scope, id);
    const { enabled, minReplicas, maxReplicas, targetCPU } = autoscaling;
    new Manifest<HorizontalPodAutoscaler>(
      this,
      'hpa',
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: metadataOf(component),
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: nameOf(component) },
          minReplicas,
          maxReplicas,
          metrics: [
            {
              type: 'Resource',
              resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: targetCPU } },
            },
          ],
        },
      },
      { when: enabled },
    );
    const isMany = or(and(not(enabled), isMoreThan(replicas, 1)), and(enabled, isMoreThan(minReplicas, 1)));
    new Manifest<PodDisruptionBudget>(
      this,
      'pdb',
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: metadataOf(component),
        spec: { maxUnavailable: 1, selector: { matchLabels: selectorOf(component) } },
      },
      { when: isMany },
    );
  }
}

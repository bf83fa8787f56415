/** The identity of a component's pods: none of them speaks to the API server unless a Role says so. */
import { Construct } from 'constructs';
import type { ServiceAccount } from 'kubernetes-types/core/v1.js';
import { Manifest } from '../helm/manifest.ts';
import type { Condition } from '../helm/operators.ts';
import { metadataOf } from './pod.ts';

export interface AccountProps {
  readonly component: string;
  /** The template that it is in. @default `serviceaccount` */
  readonly file?: string;
  /** @default always */
  readonly when?: Condition;
  /** Whether it is left out of plain manifests. @default false */
  readonly onlyHelm?: boolean;
}

export class Account extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { component, file = 'serviceaccount', when, onlyHelm = false }: AccountProps,
  ) {
    super(scope, id);
    new Manifest<ServiceAccount>(
      this,
      'account',
      {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: metadataOf(component),
        automountServiceAccountToken: false,
      },
      { file, onlyHelm, ...(when !== undefined && { when }) },
    );
  }
}

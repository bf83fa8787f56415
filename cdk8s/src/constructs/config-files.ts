/** Settings and files that are no secrets. */
import { Construct } from 'constructs';
import type { ConfigMap } from 'kubernetes-types/core/v1.js';
import { Manifest, type ManifestOptions } from '../helm/manifest.ts';
import type { Condition } from '../helm/operators.ts';
import type { Template } from '../helm/template.ts';
import { metadataOf } from './pod.ts';

export interface ConfigFilesProps {
  readonly component: string;
  readonly data: Template<Record<string, string>>;
  /** Its name. @default that of the component */
  readonly name?: Template<string>;
  /** The template that it is in. @default `configmap` */
  readonly file?: string;
  /** @default always */
  readonly when?: Condition;
  /** Of which list there is one for each item. @default one alone */
  readonly each?: ManifestOptions['each'];
}

/** A ConfigMap of a component. */
export class ConfigFiles extends Construct {
  constructor(scope: Construct, id: string, props: ConfigFilesProps) {
    super(scope, id);
    const { component, data, name, file = 'configmap', when, each } = props;
    new Manifest<ConfigMap>(
      this,
      'configmap',
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: metadataOf(component, { ...(name !== undefined && { name }) }),
        data,
      },
      { file, ...(when !== undefined && { when }), ...(each !== undefined && { each }) },
    );
  }
}

/** Something that keeps what it is told: one pod with a volume, and a Service that finds it. */
import { Construct } from 'constructs';
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import type { Service, ServicePort } from 'kubernetes-types/core/v1.js';
import type { Expr } from '../helm/expression.ts';
import { Manifest } from '../helm/manifest.ts';
import { merge, optional, type Template, type TemplateItem } from '../helm/template.ts';
import { nameOf, SELECTOR } from './global-values.ts';
import { metadataOf, type PodProps, podTemplate, selectorOf } from './pod.ts';

export interface StatefulStoreProps extends PodProps {
  /** The name of the volume, `data` in all of them: what is claimed can't be renamed. */
  readonly persistence: { readonly size: Expr<string>; readonly storageClass: Expr<string> };
  readonly ports: readonly TemplateItem<ServicePort>[];
  /** Type and annotations of the Service that clients use. @default a ClusterIP */
  readonly service?: { readonly type: Template<string>; readonly annotations: Expr<Record<string, string>> };
}

export class StatefulStore extends Construct {
  constructor(scope: Construct, id: string, props: StatefulStoreProps) {
    super(scope, id);
    const { component, persistence, ports, service } = props;
    const { size, storageClass } = persistence;
    new Manifest<StatefulSet>(this, 'statefulset', {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: metadataOf(component),
      spec: {
        replicas: 1,
        serviceName: nameOf(`${component}-headless`),
        selector: { matchLabels: selectorOf(component) },
        template: podTemplate(props),
        // Labels that change with a version would make an upgrade fail: claims can't be changed.
        volumeClaimTemplates: [
          {
            metadata: { name: 'data', labels: merge(SELECTOR) },
            spec: {
              accessModes: ['ReadWriteOnce'],
              storageClassName: optional(storageClass),
              resources: { requests: { storage: size } },
            },
          },
        ],
      },
    });
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadataOf(component, service && { annotations: optional(service.annotations) }),
      spec: { type: service?.type ?? 'ClusterIP', selector: selectorOf(component), ports },
    });
    new Manifest<Service>(
      this,
      'headless',
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: metadataOf(component, { name: nameOf(`${component}-headless`) }),
        spec: { clusterIP: 'None', selector: selectorOf(component), ports },
      },
      { file: 'service' },
    );
  }
}

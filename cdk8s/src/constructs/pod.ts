/** What all pods have in common: labels, rights, and where they run. */
import type { Container, PodSpec, PodTemplateSpec, Volume, VolumeMount } from 'kubernetes-types/core/v1.js';
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import type { Expr } from '../helm/expression.ts';
import { without } from '../helm/operators.ts';
import { commented, type Fields, merge, optional, type Template, type TemplateItem, when } from '../helm/template.ts';
import type { Refs } from '../helm/values.ts';
import { LABELS, nameOf, SELECTOR, shared } from './global-values.ts';
import type { podValues } from './value-forms.ts';

/** What a chart says of its pods. */
export type PodRefs = Refs<ReturnType<typeof podValues>>;

/** The label that tells parts of the whole from each other. */
const COMPONENT = 'app.kubernetes.io/component';

/** The metadata of an object of a component. */
export function metadataOf(
  component: string,
  more: { readonly name?: Template<string>; readonly annotations?: Template<Record<string, string>> } = {},
) {
  const { name = nameOf(component), annotations } = more;
  return {
    name,
    labels: merge(LABELS, { [COMPONENT]: component }),
    ...(annotations !== undefined && { annotations }),
  } satisfies Template<ObjectMeta>;
}

/** The labels that select the pods of a component, for ever the same. */
export function selectorOf(component: string, more: Readonly<Record<string, Expr<string>>> = {}) {
  return merge(SELECTOR, { [COMPONENT]: component, ...more });
}

export interface PodProps {
  readonly component: string;
  /** What the chart's values say of its pods. */
  readonly values: PodRefs;
  readonly containers: readonly TemplateItem<Container>[];
  /** Containers that run before, or beside these. @default none */
  readonly initContainers?: readonly TemplateItem<Container>[];
  readonly volumes: readonly TemplateItem<Volume>[];
  /** Labels beside those that all pods have. @default none */
  readonly labels?: Readonly<Record<string, Expr<string>>>;
  /** Annotations that the chart needs. @default none */
  readonly annotations?: Readonly<Record<string, string | Expr<string>>>;
  /** What is particular about these pods. @default nothing */
  readonly more?: Partial<Fields<PodSpec>>;
}

/** A template of pods that pass Pod Security *restricted*, and have no token of the API server. */
export function podTemplate(props: PodProps): Fields<PodTemplateSpec> {
  const { component, values, containers, initContainers, volumes, labels, annotations, more = {} } = props;
  return {
    metadata: {
      labels: merge(LABELS, { [COMPONENT]: component, ...labels }, values.podLabels),
      annotations:
        annotations === undefined ? optional(values.podAnnotations) : merge(annotations, values.podAnnotations),
    },
    spec: {
      serviceAccountName: nameOf(component),
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: podSecurityContext(values),
      imagePullSecrets: optional(shared.imagePullSecrets),
      priorityClassName: optional(values.priorityClassName),
      nodeSelector: optional(values.nodeSelector),
      affinity: optional(values.affinity),
      tolerations: optional(values.tolerations),
      ...more,
      ...(initContainers !== undefined && { initContainers }),
      containers,
      volumes,
    },
  };
}

function podSecurityContext({ podSecurityContext: context }: PodRefs) {
  return when(shared.openshift, without(context, 'runAsUser', 'runAsGroup', 'fsGroup'), context);
}

/** For files of secrets: their owner is root, their group the pod's. */
export const GROUP_READS = commented('0440: the group may read them.', 0o440);

/** A folder that goes with the pod. */
export function scratch(name: string, sizeLimit: string, inMemory = false): Fields<Volume> {
  return { name, emptyDir: { ...(inMemory && { medium: 'Memory' }), sizeLimit } };
}

export function mount(name: string, mountPath: string, readOnly = false): Fields<VolumeMount> {
  return { name, mountPath, ...(readOnly && { readOnly }) };
}

/**
 * What Kubernetes takes where values are handed on to it as they are: what it would refuse is refused before anything is
 * made, with the name of the value.
 */
import type { Schema } from '../helm/values.ts';

/** An amount as Kubernetes writes it. */
export const QUANTITY = /^[0-9]+(\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/;

const TEXT: Schema = { type: 'string' };
const TEXTS: Schema = { type: 'array', items: TEXT };
const FLAG: Schema = { type: 'boolean' };
const ID: Schema = { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 };
const OBJECT: Schema = { type: 'object' };
const OBJECTS: Schema = { type: 'array', items: OBJECT };

/** An object with these fields and no others; all of them, or some, must be there. */
function fields(properties: Readonly<Record<string, Schema>>, ...required: readonly string[]): Schema {
  return { type: 'object', additionalProperties: false, ...(required.length > 0 && { required }), properties };
}

function oneOf(...words: readonly string[]): Schema {
  return { enum: words };
}

/** The key of a label or of an annotation, with or without the domain of whoever uses it. */
const LABEL_KEY = '^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$';
const LABEL_VALUE = '^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$';

export const LABELS: Schema = {
  propertyNames: { pattern: LABEL_KEY },
  additionalProperties: { type: 'string', pattern: LABEL_VALUE },
};
export const ANNOTATIONS: Schema = { propertyNames: { pattern: LABEL_KEY }, additionalProperties: TEXT };

/** Amounts by the names of what is measured. */
export const QUANTITIES: Schema = {
  type: 'object',
  additionalProperties: {
    anyOf: [
      { type: 'string', pattern: QUANTITY.source },
      { type: 'number', minimum: 0 },
    ],
  },
};
export const RESOURCES: Schema = fields({ requests: QUANTITIES, limits: QUANTITIES, claims: OBJECTS });

const PROFILE = fields({ type: oneOf('RuntimeDefault', 'Localhost', 'Unconfined'), localhostProfile: TEXT }, 'type');

/** What pods and containers have in common. */
const CONTEXT = {
  runAsUser: ID,
  runAsGroup: ID,
  runAsNonRoot: FLAG,
  seccompProfile: PROFILE,
  appArmorProfile: PROFILE,
  seLinuxOptions: fields({ level: TEXT, role: TEXT, type: TEXT, user: TEXT }),
};
export const POD_SECURITY: Schema = fields({
  ...CONTEXT,
  fsGroup: ID,
  fsGroupChangePolicy: oneOf('OnRootMismatch', 'Always'),
  supplementalGroups: { type: 'array', items: ID },
  supplementalGroupsPolicy: oneOf('Merge', 'Strict'),
  seLinuxChangePolicy: oneOf('MountOption', 'Recursive'),
  sysctls: { type: 'array', items: fields({ name: TEXT, value: TEXT }, 'name', 'value') },
});
export const CONTAINER_SECURITY: Schema = fields({
  ...CONTEXT,
  allowPrivilegeEscalation: FLAG,
  readOnlyRootFilesystem: FLAG,
  privileged: FLAG,
  capabilities: fields({ add: TEXTS, drop: TEXTS }),
  procMount: oneOf('Default', 'Unmasked'),
});

/** As items of a list. */
export const TOLERATION: Schema = fields({
  key: TEXT,
  operator: oneOf('Exists', 'Equal', 'Lt', 'Gt'),
  value: TEXT,
  effect: oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
  tolerationSeconds: { type: 'integer' },
});

const WEIGHT: Schema = { type: 'integer', minimum: 1, maximum: 100 };

function likes(required: Schema, term: string, preferred: Schema): Schema {
  return fields({
    requiredDuringSchedulingIgnoredDuringExecution: required,
    preferredDuringSchedulingIgnoredDuringExecution: {
      type: 'array',
      items: fields({ weight: WEIGHT, [term]: preferred }, 'weight', term),
    },
  });
}

const SELECTOR = fields({ matchLabels: { type: 'object', ...LABELS }, matchExpressions: OBJECTS });
const NEIGHBOURS = fields(
  {
    topologyKey: TEXT,
    labelSelector: SELECTOR,
    namespaceSelector: SELECTOR,
    namespaces: TEXTS,
    matchLabelKeys: TEXTS,
    mismatchLabelKeys: TEXTS,
  },
  'topologyKey',
);
const NODES = fields({ matchExpressions: OBJECTS, matchFields: OBJECTS });
const NODE_TERMS = fields({ nodeSelectorTerms: { type: 'array', minItems: 1, items: NODES } }, 'nodeSelectorTerms');
const NEAR = likes({ type: 'array', items: NEIGHBOURS }, 'podAffinityTerm', NEIGHBOURS);
export const AFFINITY: Schema = fields({
  nodeAffinity: likes(NODE_TERMS, 'preference', NODES),
  podAffinity: NEAR,
  podAntiAffinity: NEAR,
});

/** As items of a list. */
export const VARIABLE: Schema = fields(
  { name: { type: 'string', pattern: '^[-._a-zA-Z][-._a-zA-Z0-9]*$' }, value: TEXT, valueFrom: OBJECT },
  'name',
);
export const PEER: Schema = {
  ...fields({
    namespaceSelector: SELECTOR,
    podSelector: SELECTOR,
    ipBlock: fields({ cidr: TEXT, except: TEXTS }, 'cidr'),
  }),
  minProperties: 1,
};
/** A Gateway, as a route names it. */
export const PARENT: Schema = fields(
  { group: TEXT, kind: TEXT, namespace: TEXT, name: TEXT, sectionName: TEXT, port: ID },
  'name',
);

/** Who may talk to the pods of a component, and to whom they may. */
import { Construct } from 'constructs';
import type {
  NetworkPolicy,
  NetworkPolicyEgressRule,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
} from 'kubernetes-types/networking/v1.js';
import { Manifest } from '../helm/manifest.ts';
import { and, type Condition } from '../helm/operators.ts';
import { type Fields, type TemplateItem, when } from '../helm/template.ts';
import { shared } from './global-values.ts';
import { metadataOf, selectorOf } from './pod.ts';

export interface WallsProps {
  readonly component: string;
  /** @default nobody may come in */
  readonly ingress?: readonly TemplateItem<NetworkPolicyIngressRule>[];
  /** Besides names, which everybody may look up. @default nowhere */
  readonly egress?: readonly TemplateItem<NetworkPolicyEgressRule>[];
  /** @default `networkpolicy` */
  readonly file?: string;
  /** @default always */
  readonly when?: Condition;
  /** Whether it is left out of plain manifests. @default false */
  readonly onlyHelm?: boolean;
}

/** A NetworkPolicy for a component. */
export class Walls extends Construct {
  constructor(scope: Construct, id: string, props: WallsProps) {
    super(scope, id);
    const { component, ingress = [], egress = [], file = 'networkpolicy', when: condition, onlyHelm = false } = props;
    const { enabled } = shared.networkPolicy;
    new Manifest<NetworkPolicy>(
      this,
      'policy',
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: metadataOf(component),
        spec: {
          podSelector: { matchLabels: selectorOf(component) },
          policyTypes: ['Ingress', 'Egress'],
          ingress,
          egress: [NAMES, ...egress],
        },
      },
      { file, onlyHelm, when: condition === undefined ? enabled : and(condition, enabled) },
    );
  }
}

/** DNS, wherever a cluster has it: some answer on 5353, and some on the node. */
const NAMES: Fields<NetworkPolicyEgressRule> = {
  ports: [53, 5353].flatMap((port) => [
    { protocol: 'UDP', port },
    { protocol: 'TCP', port },
  ]),
};

export function tcp(...ports: readonly (number | string)[]): Fields<NetworkPolicyPort>[] {
  return ports.map((port) => ({ protocol: 'TCP', port }));
}

/** Pods of these components of the same release. */
export function components(...names: readonly string[]): Fields<NetworkPolicyPeer>[] {
  return names.map((name) => ({ podSelector: { matchLabels: selectorOf(name) } }));
}

/** A rule that lets pods of components in. */
export function fromComponents(port: number | string, ...names: readonly string[]): Fields<NetworkPolicyIngressRule> {
  return { from: components(...names), ports: tcp(port) };
}

/** A rule that lets out to a component. */
export function toComponent(name: string, port: number | string): Fields<NetworkPolicyEgressRule> {
  return { to: components(name), ports: tcp(port) };
}

/** A rule that lets out to ports anywhere. */
export function toAnywhere(...ports: readonly number[]): Fields<NetworkPolicyEgressRule> {
  return { ports: tcp(...ports) };
}

/** Any pod of the cluster, or whom the values name. */
export function fromCluster(port: number | string): Fields<NetworkPolicyIngressRule> {
  const { ingressFrom } = shared.networkPolicy;
  return { ports: tcp(port), from: when(ingressFrom, ingressFrom, [{ namespaceSelector: {} }]) };
}

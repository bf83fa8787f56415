/** The way to a component over HTTP: a Service, and what leads to it from outside. */
import { Construct } from 'constructs';
import type { Service } from 'kubernetes-types/core/v1.js';
import type { ObjectMeta } from 'kubernetes-types/meta/v1.js';
import type { Ingress } from 'kubernetes-types/networking/v1.js';
import { Manifest } from '../helm/manifest.ts';
import { equals, not } from '../helm/operators.ts';
import { optional, when } from '../helm/template.ts';
import { bool, formed, group, int, list, map, oneOf, type Refs } from '../helm/values.ts';
import { nameOf } from './global-values.ts';
import { ANNOTATIONS, PARENT } from './kubernetes-schemas.ts';
import { metadataOf, selectorOf } from './pod.ts';
import { NAME } from './value-forms.ts';

/** A host name, or none. */
export const HOST = /^([a-z0-9*]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$/;

/** What a chart says of the way to its pages. */
export function webValues(host: string) {
  return {
    service: group('The Service.', {
      type: oneOf(['ClusterIP', 'NodePort', 'LoadBalancer'], 'ClusterIP', 'Type.'),
      port: int(1, 65_535, 80, 'Port.'),
      annotations: map<Record<string, string>>({}, 'Annotations.', ANNOTATIONS, [{ 'example.org/x': 'yes' }]),
      ipFamilyPolicy: oneOf(
        ['', 'SingleStack', 'PreferDualStack', 'RequireDualStack'],
        '',
        "IPv4, IPv6 or both; the cluster's default where it is empty.",
      ),
    }),
    ingress: group('An Ingress.', {
      enabled: bool(false, 'Whether there is one.'),
      className: formed('', "Class; the cluster's default where it is empty.", NAME, ['nginx']),
      annotations: map<Record<string, string>>(
        {},
        'Annotations, as in `cert-manager.io/cluster-issuer: letsencrypt`, which fills `tlsSecret`.',
        ANNOTATIONS,
        [{ 'cert-manager.io/cluster-issuer': 'letsencrypt' }],
      ),
      host: formed(host, 'Host name.', HOST, ['fleet.example.org']),
      tlsSecret: formed('', 'Secret with the certificate of the host; without it, plain HTTP.', NAME, ['fleet-tls']),
    }),
    route: group('An HTTPRoute of the Gateway API.', {
      enabled: bool(false, 'Whether there is one.'),
      parentRefs: list<object>([], 'Gateways that it belongs to.', PARENT, [[{ name: 'gateway' }]]),
      hostnames: list<string>([], 'Host names.', { type: 'string', pattern: HOST.source }, [['fleet.example.org']]),
    }),
  };
}

export interface WebServiceProps {
  readonly component: string;
  readonly values: Refs<ReturnType<typeof webValues>>;
}

/** As far as it is used here. */
interface HttpRoute {
  readonly apiVersion: 'gateway.networking.k8s.io/v1';
  readonly kind: 'HTTPRoute';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly parentRefs?: readonly object[];
    readonly hostnames?: readonly string[];
    readonly rules: readonly { readonly backendRefs: readonly { readonly name: string; readonly port: number }[] }[];
  };
}

export class WebService extends Construct {
  readonly #component: string;
  readonly #values: WebServiceProps['values'];

  constructor(scope: Construct, id: string, { component, values }: WebServiceProps) {
    super(scope, id);
    this.#component = component;
    this.#values = values;
    this.#service();
    this.#ingress();
    this.#route();
  }

  #service(): void {
    const { type, port, annotations, ipFamilyPolicy } = this.#values.service;
    new Manifest<Service>(this, 'service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadataOf(this.#component, { annotations: optional(annotations) }),
      spec: {
        type,
        ipFamilyPolicy: optional(ipFamilyPolicy),
        selector: selectorOf(this.#component),
        ports: [{ name: 'http', port, targetPort: 'http', protocol: 'TCP' }],
      },
    });
  }

  #ingress(): void {
    const { enabled, className, annotations, host, tlsSecret } = this.#values.ingress;
    const service = { name: nameOf(this.#component), port: { name: 'http' } };
    new Manifest<Ingress>(
      this,
      'ingress',
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: metadataOf(this.#component, { annotations: optional(annotations) }),
        spec: {
          ingressClassName: optional(className),
          tls: [when(not(equals(tlsSecret, '')), { secretName: tlsSecret, hosts: [host] })],
          rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service } }] } }],
        },
      },
      { when: enabled },
    );
  }

  #route(): void {
    const { enabled, parentRefs, hostnames } = this.#values.route;
    const { port } = this.#values.service;
    new Manifest<HttpRoute>(
      this,
      'httproute',
      {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: metadataOf(this.#component),
        spec: {
          parentRefs: optional(parentRefs),
          hostnames: optional(hostnames),
          rules: [{ backendRefs: [{ name: nameOf(this.#component), port }] }],
        },
      },
      { when: enabled },
    );
  }
}

/** The values of the subchart `mosquitto`. */
import { GLOBAL } from '../../constructs/global-values.ts';
import { ANNOTATIONS } from '../../constructs/kubernetes-schemas.ts';
import { imageValues, NAME, persistenceValues, podValues, resources } from '../../constructs/value-forms.ts';
import { HOST } from '../../constructs/web-service.ts';
import { bool, formed, group, int, list, map, oneOf, refs } from '../../helm/values.ts';

export const MOSQUITTO_VALUES = {
  global: GLOBAL,
  image: group('Image.', imageValues('docker.io', 'library/eclipse-mosquitto', '2.0.22')),
  service: group('The Service that cars talk to.', {
    type: oneOf(['ClusterIP', 'NodePort', 'LoadBalancer'], 'ClusterIP', 'Type; `LoadBalancer` for cars on the road.'),
    annotations: map<Record<string, string>>({}, 'Annotations.', ANNOTATIONS, [{ 'example.org/x': 'yes' }]),
  }),
  tls: group('TLS, on port 8883.', {
    existingSecret: formed('', 'Secret with `tls.crt` and `tls.key`.', NAME, ['mqtt-tls']),
    certificate: group('Or a Certificate of cert-manager, which makes one.', {
      enabled: bool(false, 'Whether there is one; it needs cert-manager.'),
      issuer: formed('letsencrypt', 'Its issuer.', NAME, ['own']),
      issuerKind: oneOf(['ClusterIssuer', 'Issuer'], 'ClusterIssuer', 'What kind of issuer that is.'),
      dnsNames: list<string>(
        ['mqtt.example.org'],
        'Names under which cars know the broker.',
        { type: 'string', pattern: HOST.source },
        [['mqtt.example.org', 'mqtt.example.com']],
      ),
    }),
  }),
  plain: bool(true, 'Whether port 1883, without TLS, is there for cars as well; the API uses it in any case.'),
  maxQueuedMessages: int(
    1_000,
    100_000_000,
    1_000_000,
    'Messages that wait for the API while it is away; above this the broker drops them, and nobody is told.',
  ),
  persistence: persistenceValues('2Gi'),
  resources: resources({ cpu: '50m', memory: '64Mi' }, '512Mi'),
  ...podValues(1_883),
  sync: group('What writes passwords and access list from the keys of devices, beside the broker.', {
    resources: resources({ cpu: '20m', memory: '96Mi' }, '256Mi'),
  }),
};

export const mosquitto = refs(MOSQUITTO_VALUES);

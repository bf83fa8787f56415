/**
 * `npx cdk8s synth`: the chart as plain manifests, for `kubectl apply` and for GitOps. Which values, which release and
 * which namespace say FLEET_VALUES (a file), FLEET_RELEASE and FLEET_NAMESPACE.
 */
import { Yaml } from 'cdk8s';
import { createFleet } from './fleet-app.ts';
import { overlaid } from './helm/values.ts';

const { FLEET_VALUES: file, FLEET_RELEASE: name = 'fleet', FLEET_NAMESPACE: namespace = 'fleet' } = process.env;

/** What makes passwords asks the cluster: manifests name Secrets, `fleet secrets init` makes them. */
const NO_SECRETS = { global: { secrets: { generate: false } } };

const values = file === undefined ? {} : (Yaml.load(file)[0] as object);
const { app } = createFleet({
  values: overlaid(values, NO_SECRETS) as Record<string, unknown>,
  release: { name, namespace, revision: 1, service: 'cdk8s' },
  apiVersions: [],
  isPlain: true,
});
app.synth();

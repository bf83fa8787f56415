/** docs/values.md: every value of the chart. */
import { fleetValuesSections } from '@fleet/cdk8s/fleet-app';
import { GENERATED, page } from './markdown.ts';

export function valuesPage(): string {
  return page(
    GENERATED,
    '# Values of the chart',
    'Everything that `helm install` and `npx cdk8s synth` can be told. A value that is not one of these is refused, with ' +
      'its name. [kubernetes.md](kubernetes.md) says how to use them; `ci/*-values.yaml` are examples that are tested.',
    ...fleetValuesSections(),
  );
}

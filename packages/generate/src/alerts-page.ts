/** docs/alerts.md: every alert, when it fires and what to do; where messages go. */
import { type Alert, CONTACT_POINT, SERVER_ALERTS, VEHICLE_ALERTS, WAYS } from '@fleet/dashboards';
import { code, GENERATED, page, table } from './markdown.ts';

const HEAD = ['alert', 'fires', 'for', 'severity', 'what to do'];

export function alertsPage(): string {
  return page(
    GENERATED,
    '# Alerts',
    'Grafana watches these, every minute. A parked car is no alarm: where there is no data nothing fires, but for the ' +
      'vehicle that has been silent, which is seen from the summaries. Messages say the vehicle, the value, the place on ' +
      'a map and a link to the trip. A drive that is uploaded later fires nothing: alerts look at the last minutes.',
    '## Vehicles',
    table(HEAD, VEHICLE_ALERTS.map(row)),
    '## Server',
    'Only where Prometheus reads the metrics of the server, and for disks those of Kubernetes.',
    table(HEAD, SERVER_ALERTS.map(row)),
    '## Where messages go',
    `All to the contact point ${code(CONTACT_POINT)}, by each way whose file is in place. A way needs its environment ` +
      'variables in Grafana: an empty one keeps Grafana from starting, so put only those files there that you set up, ' +
      '`policies.json` with the first of them. See [grafana.md](grafana.md).',
    table(
      ['way', 'file', 'needs', 'may have', 'about'],
      WAYS.map(({ id, needs, may = [], about }) => [
        id,
        code(`contact-${id}.json`),
        needs.map(code).join(', '),
        may.map(code).join(', '),
        about,
      ]),
    ),
    '## Other thresholds',
    'In the Helm chart, thresholds are [values](values.md): `grafana.alerting.thresholds`, in a file of values, since ' +
      '`--set` makes a text of `12.2`. Thresholds and durations are rows of `dashboards/src/alerts/alerts.ts`; `npm run generate` writes the files. In a ' +
      'Grafana that already runs, copy a rule in its pages and change the copy: rules from files are read-only there.',
  );
}

function row(alert: Alert): string[] {
  const { title, when, severity, todo } = alert;
  const fires = `${when.is === 'gt' ? 'above' : 'below'} ${when.than} ${when.unit}`;
  const lasts = alert.for === '0s' ? 'at once' : alert.for;
  const kept = alert.keepFiringFor === undefined ? '' : `, kept for ${alert.keepFiringFor}`;
  return [title, fires, `${lasts}${kept}`, severity, todo];
}

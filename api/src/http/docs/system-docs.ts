/** What OpenAPI says of the server itself. */
import { type RouteDoc, ref } from '../route.ts';

export const HEALTH_DOC: RouteDoc = {
  tag: 'System',
  summary: 'Whether the process is alive',
  answers: { 200: { 'application/json': ref('Status') } },
};

export const READY_DOC: RouteDoc = {
  tag: 'System',
  summary: 'Whether requests should come here',
  description:
    'With a store that servers share it says whether that was reached once; the metric `fleet_ready` tells whether events can be stored now.',
  answers: { 200: { 'application/json': ref('Status') } },
  problems: ['store-unavailable', 'shutting-down'],
};

export const METRICS_DOC: RouteDoc = {
  tag: 'System',
  summary: 'Metrics for Prometheus',
  answers: { 200: { 'text/plain': { type: 'string' } } },
};

export const SYSTEM_DOC: RouteDoc = {
  tag: 'System',
  summary: 'How much is stored, and how backups stand',
  answers: { 200: { 'application/json': ref('System') } },
};

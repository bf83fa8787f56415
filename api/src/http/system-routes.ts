/** How the server itself is: for probes, Prometheus and whoever runs it. */
import { formatTimestamp } from '@fleet/contract';
import { ProblemError } from '../ingest/problem-error.ts';
import type { Services } from '../services.ts';
import { VERSION } from '../version.ts';
import { sendJson } from './answer.ts';
import { HEALTH_DOC, METRICS_DOC, READY_DOC, SYSTEM_DOC } from './docs/system-docs.ts';
import { bound, type Exchange, type Route, refused } from './route.ts';

export function systemRoutes(services: Services): Route[] {
  const to = bound(services);
  return [
    { method: 'get', path: '/healthz', access: 'open', handle: health, doc: HEALTH_DOC },
    { method: 'get', path: '/readyz', access: 'open', handle: to(ready), doc: READY_DOC },
    { method: 'get', path: '/metrics', access: 'read', handle: to(metrics), doc: METRICS_DOC },
    { method: 'get', path: '/v1/system', access: 'admin', handle: to(system), doc: SYSTEM_DOC },
  ];
}

function health({ res }: Exchange): void {
  sendJson(res, 200, { status: 'ok' });
}

function ready({ readiness }: Services, { res }: Exchange): void {
  const fault = readiness.refusal();
  if (fault !== undefined) throw new ProblemError(fault);
  sendJson(res, 200, { status: 'ready' });
}

async function metrics({ metrics: { mediaType, read } }: Services, { res, principal }: Exchange): Promise<void> {
  if (principal.role !== 'admin' && principal.vehicles !== '*')
    throw refused('forbidden', 'metrics are about all vehicles');
  const text = await read();
  res.writeHead(200, { 'content-type': mediaType }).end(text);
}

async function system({ store, limits, lastBackup, now }: Services, { res }: Exchange): Promise<void> {
  const { bytes, events } = await store.size();
  const newest = store.newest();
  const backup = lastBackup();
  sendJson(res, 200, {
    version: VERSION,
    now: formatTimestamp(now()),
    uptime_s: Math.floor(process.uptime()),
    store_bytes: bytes,
    stored_events: events,
    newest_ts: newest === undefined ? null : formatTimestamp(newest),
    retention_s: limits.retention === null ? null : limits.retention / 1_000,
    backup: backup && {
      verified_at: backup.verified_at === null ? null : formatTimestamp(backup.verified_at),
      fault: backup.fault,
    },
  });
}

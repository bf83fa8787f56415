/** Events that another server stored, of any age: from where `fleet copy` reads them to here. */
import { admitImported } from '../ingest/admit-imported.ts';
import { ingestMany } from '../ingest/ingest.ts';
import { admissionOf, type Services } from '../services.ts';
import { bodyKindOf, readStream } from './body.ts';
import { IMPORT_DOC } from './docs/ingest-docs.ts';
import { candidatesIn, sendReport } from './ingest-route.ts';
import { bound, type Exchange, type Route, refused } from './route.ts';

export function importRoutes(services: Services): Route[] {
  return [
    { method: 'post', path: '/v1/import', access: 'admin', handle: bound(services)(importEvents), doc: IMPORT_DOC },
  ];
}

async function importEvents(services: Services, { req, res, principal }: Exchange): Promise<void> {
  const kind = bodyKindOf(req);
  if (kind.format !== 'ndjson') throw refused('unsupported-media-type', 'an import is application/x-ndjson');
  const admission = admissionOf(services, principal, 'offline');
  sendReport(res, await ingestMany(services.store, candidatesIn(readStream(req, kind)), admission, admitImported));
}

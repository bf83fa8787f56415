/** What OpenAPI says of corrections: the records of what people changed about trips. */
import { UUID, VEHICLE_ID } from '@fleet/contract';
import { type RouteDoc, ref } from '../route.ts';

const time = { type: 'string', maxLength: 35 };
const tripId = { type: 'string', pattern: UUID.source };
const openTime = { type: ['string', 'null'], maxLength: 35, description: 'null for an end that is open' };
const ownTrip = { type: ['string', 'null'], pattern: UUID.source, description: 'null for events without a trip id' };

function closed(properties: Readonly<Record<string, object>>, optional: readonly string[] = []) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

function correction(kind: string, own: Readonly<Record<string, object>>, optional: readonly string[] = []) {
  const id = { type: 'string', description: 'As in the path' };
  const vehicle = { type: 'string', pattern: VEHICLE_ID.source };
  return closed({ id, vehicle, kind: { const: kind }, made_at: time, from: time, to: time, ...own }, [
    'id',
    ...optional,
  ]);
}

/** A correction of each kind. */
export const CORRECTION_SCHEMAS: Readonly<Record<'name' | 'split' | 'merge' | 'delete', object>> = {
  name: correction(
    'name',
    {
      anchor: closed({ trip_id: ownTrip, ts: time }),
      name: { type: 'string', maxLength: 200 },
      note: { type: 'string', maxLength: 5_000 },
    },
    ['name', 'note'],
  ),
  split: correction('split', { at: time }),
  merge: correction('merge', {}),
  delete: correction('delete', {
    trip_id: tripId,
    parts: { type: 'array', maxItems: 10_000, items: closed({ trip_id: ownTrip, from: openTime, to: openTime }) },
  }),
};

/** What is asked first, so that faults are told of one kind only. */
export const CORRECTION_KIND_SCHEMA = {
  type: 'object',
  properties: { kind: { enum: Object.keys(CORRECTION_SCHEMAS) } },
  required: ['kind'],
};

export const CORRECTIONS_DOC: RouteDoc = {
  tag: 'Edit',
  summary: 'All changes that were made to trips, newest first',
  answers: { 200: { 'application/json': ref('CorrectionList') } },
};

export const PUT_CORRECTION_DOC: RouteDoc = {
  tag: 'Edit',
  summary: 'Take over a change that was made on another server',
  description:
    'As `GET /v1/corrections` lists it there. A correction never changes: again with the same id does nothing.',
  body: {
    'application/json': {
      oneOf: Object.values(CORRECTION_SCHEMAS),
      examples: [
        {
          ...{ vehicle: 'golf', kind: 'split', made_at: '2025-11-05T08:00:00Z', at: '2025-11-04T12:00:00Z' },
          ...{ from: '2025-11-04T11:59:59.999Z', to: '2025-11-04T12:00:00Z' },
        },
      ],
    },
  },
  answers: {
    201: { 'application/json': ref('Correction') },
    200: { 'application/json': ref('Correction') },
  },
  problems: ['invalid-request'],
};

export const UNDO_DOC: RouteDoc = {
  tag: 'Edit',
  summary: 'Take a change back',
  answers: { 204: 'Done' },
  problems: ['not-found', 'conflict'],
};

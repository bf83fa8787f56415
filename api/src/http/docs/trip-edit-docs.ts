/** What OpenAPI says of changes to trips. */
import { type RouteDoc, ref } from '../route.ts';
import { TRIP_ID_SCHEMA } from './read-docs.ts';

/** The bodies of changes. */
export const EDIT_SCHEMAS = {
  name: {
    type: 'object',
    properties: { name: { type: 'string', maxLength: 200 }, note: { type: 'string', maxLength: 5_000 } },
    additionalProperties: false,
    minProperties: 1,
    examples: [{ name: 'To the sea', note: 'with a stop for coffee' }],
  },
  split: {
    type: 'object',
    properties: { at: { type: 'string', maxLength: 35, description: 'The first instant of the second trip' } },
    required: ['at'],
    additionalProperties: false,
    examples: [{ at: '2025-11-04T12:00:00Z' }],
  },
  merge: {
    type: 'object',
    properties: { with: { ...TRIP_ID_SCHEMA, description: 'Another trip of the same vehicle' } },
    required: ['with'],
    additionalProperties: false,
  },
} as const;

function editDoc(summary: string, description: string, body?: object): RouteDoc {
  return {
    tag: 'Edit',
    summary,
    description,
    ...(body && { body: { 'application/json': body } }),
    answers: { 200: { 'application/json': ref('Correction') }, 308: 'The trip has another id now' },
    problems: ['invalid-request', 'trip-not-found', 'ambiguous-trip'],
  };
}

const STAYS = 'A change is a record beside the events: it holds for events that come later, and can be taken back.';

export const NAME_DOC = editDoc('Name a trip, or write a note on it', STAYS, EDIT_SCHEMAS.name);

export const DELETE_DOC = editDoc(
  'Delete a trip',
  'Its events go, and stay away when they are sent again. Can be taken back until `undo_until`.',
);

export const SPLIT_DOC = editDoc('Split a trip in two', STAYS, EDIT_SCHEMAS.split);

export const MERGE_DOC = editDoc('Make one trip of two, and of what lies between', STAYS, EDIT_SCHEMAS.merge);

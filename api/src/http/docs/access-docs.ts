/** What OpenAPI says of devices, people, vehicles, sessions and dead letters. */
import { UUID, VEHICLE_ID } from '@fleet/contract';
import { NAME } from '../../access/records.ts';
import { FORMATS } from '../../formats/formats.ts';
import { type RouteDoc, ref } from '../route.ts';

const vehicleName = { type: 'string', pattern: VEHICLE_ID.source };

/** Which vehicles: a list, or all. */
const scope = { anyOf: [{ const: '*' }, { type: 'array', items: vehicleName, minItems: 1, maxItems: 1_000 }] };

const name = { type: 'string', pattern: NAME.source };

export const NEW_DEVICE_SCHEMA = {
  type: 'object',
  properties: {
    name,
    role: { enum: ['device', 'viewer', 'admin'], default: 'device' },
    vehicles: scope,
    expires_at: { type: 'string', maxLength: 35 },
    app: {
      enum: FORMATS.map((format) => format.name),
      description: 'What the key is for: the answer then says how that app or dongle is set up',
    },
  },
  required: ['name', 'vehicles'],
  additionalProperties: false,
  examples: [{ name: 'dongle', role: 'device', vehicles: ['golf'] }],
} as const;

export const NEW_PERSON_SCHEMA = {
  type: 'object',
  properties: { name, role: { enum: ['viewer', 'admin'] }, vehicles: scope },
  required: ['name', 'role', 'vehicles'],
  additionalProperties: false,
  examples: [{ name: 'Anna', role: 'viewer', vehicles: ['golf'] }],
} as const;

export const NEW_SHARE_SCHEMA = {
  type: 'object',
  properties: {
    vehicle: vehicleName,
    trip_id: { type: 'string', pattern: UUID.source },
    label: { type: 'string', maxLength: 100 },
    hours: { type: 'integer', minimum: 1, maximum: 8_760, default: 24 },
  },
  required: ['vehicle'],
  additionalProperties: false,
  examples: [{ vehicle: 'golf', label: 'for the garage', hours: 24 }],
} as const;

export const VEHICLE_SCHEMA = {
  type: 'object',
  properties: {
    name: { type: ['string', 'null'], maxLength: 100 },
    aliases: { type: 'array', items: vehicleName, uniqueItems: true, maxItems: 100 },
  },
  additionalProperties: false,
  examples: [{ name: 'Golf', aliases: ['WAUZZZFY0R1234567'] }],
} as const;

export const SESSION_SCHEMA = {
  type: 'object',
  properties: { token: { type: 'string', maxLength: 4_096 } },
  required: ['token'],
} as const;

export const DEVICES_DOC = listDoc('Access', 'The devices and what they may do', 'DeviceList');
export const ADD_DEVICE_DOC = addDoc(
  'Make a device with a key, which is shown this once',
  NEW_DEVICE_SCHEMA,
  'DeviceWithKey',
);
export const ROTATE_DOC: RouteDoc = {
  tag: 'Access',
  summary: 'Give a device another key; the one before stays valid for now',
  description: 'For a device that was added with `app`, the answer says again how that is set up.',
  answers: { 200: { 'application/json': ref('DeviceWithKey') } },
  problems: ['not-found'],
};
export const REVOKE_OLD_KEYS_DOC = removeDoc('Access', 'Leave a device its newest key only');
export const REVOKE_DEVICE_DOC = removeDoc('Access', 'Revoke a device; its events stay');

export const PEOPLE_DOC = listDoc('Access', 'The people who may sign in', 'PersonList');
export const ADD_PERSON_DOC = addDoc('Invite a person; the link signs in once', NEW_PERSON_SCHEMA, 'Invitation');
export const INVITE_DOC: RouteDoc = {
  tag: 'Access',
  summary: 'Another link for a person to sign in with',
  answers: { 200: { 'application/json': ref('SignInLink') } },
  problems: ['not-found'],
};
export const REMOVE_PERSON_DOC = removeDoc('Access', 'Remove a person; all their sessions end');

export const SHARES_DOC = listDoc('Access', 'The links that show something to others', 'ShareList');
export const ADD_SHARE_DOC = addDoc('Make a link that shows a vehicle, or one trip', NEW_SHARE_SCHEMA, 'ShareWithUrl');
export const REVOKE_SHARE_DOC = removeDoc('Access', 'Revoke a link');

export const PUT_VEHICLE_DOC: RouteDoc = {
  tag: 'Access',
  summary: "Set a vehicle's name and aliases",
  description: 'Events that name an alias are the vehicle’s, those stored before included. What is not given stays.',
  body: { 'application/json': VEHICLE_SCHEMA },
  answers: { 200: { 'application/json': ref('Vehicle') } },
  problems: ['invalid-request', 'conflict'],
};
export const FORGET_VEHICLE_DOC = removeDoc('Access', "Forget a vehicle's name and aliases; its events stay");

export const OPEN_SESSION_DOC: RouteDoc = {
  tag: 'Access',
  summary: 'Sign in with a link’s token, once',
  body: { 'application/json': SESSION_SCHEMA, 'application/x-www-form-urlencoded': SESSION_SCHEMA },
  answers: {
    204: 'Signed in; the cookie is set',
    303: 'A form was sent: to the start when signed in, else back to the page for signing in',
  },
  problems: ['unauthorized', 'invalid-request'],
};
export const SESSION_DOC: RouteDoc = {
  tag: 'Access',
  summary: 'Who is signed in, or whose key it is',
  answers: { 200: { 'application/json': ref('WhoAmI') } },
  problems: ['unauthorized'],
};
export const END_SESSION_DOC: RouteDoc = { tag: 'Access', summary: 'Sign out', answers: { 204: 'Signed out' } };

export const DEAD_LETTERS_DOC: RouteDoc = {
  tag: 'Dead letters',
  summary: 'What could not be taken, newest first',
  query: {
    device: { description: 'Only of this device, by name', schema: { type: 'string' } },
    limit: {
      description: 'Most letters on a page',
      schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
    },
    cursor: { description: '`next_cursor` of the page before', schema: { type: 'string' } },
  },
  answers: { 200: { 'application/json': ref('DeadLetterList') } },
};
export const DELETE_LETTER_DOC = removeDoc('Dead letters', 'Delete a letter');
export const RESUBMIT_DOC: RouteDoc = {
  tag: 'Dead letters',
  summary: 'Take a letter in after all, or the event in the body instead of it',
  description: 'As it was sent, it is taken for vehicles only that its device may speak for now.',
  body: { 'application/json': ref('TelemetryEvent') },
  answers: { 200: { 'application/json': ref('StoredEvent') } },
  problems: [
    ...(['not-found', 'malformed-body', 'invalid-event', 'seq-conflict', 'clock-skew', 'too-old'] as const),
    'vehicle-not-allowed',
  ],
};

function listDoc(tag: string, summary: string, schema: string): RouteDoc {
  return { tag, summary, answers: { 200: { 'application/json': ref(schema) } } };
}

function addDoc(summary: string, body: object, schema: string): RouteDoc {
  return {
    tag: 'Access',
    summary,
    body: { 'application/json': body },
    answers: { 201: { 'application/json': ref(schema) } },
    problems: ['invalid-request'],
  };
}

function removeDoc(tag: string, summary: string): RouteDoc {
  return { tag, summary, answers: { 204: 'Done' }, problems: ['not-found'] };
}

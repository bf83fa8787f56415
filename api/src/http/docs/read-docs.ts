/** What OpenAPI says of questions about vehicles and trips. */
import { UUID, VEHICLE_ID } from '@fleet/contract';
import { type ParameterDoc, type RouteDoc, ref } from '../route.ts';

const time = { type: 'string', format: 'date-time' };

const VEHICLE: ParameterDoc = {
  description: 'Only this vehicle, by any of its names',
  schema: { type: 'string', pattern: VEHICLE_ID.source },
};

const WHICH_VEHICLE: ParameterDoc = { ...VEHICLE, description: 'The vehicle, where several have a trip of this id' };

export const VEHICLES_DOC: RouteDoc = {
  tag: 'Read',
  summary: 'The vehicles',
  answers: { 200: { 'application/json': ref('VehicleList') } },
};

export const LATEST_DOC: RouteDoc = {
  tag: 'Read',
  summary: 'The newest of everything that is known of a vehicle',
  description: 'Signals that are older than `ts` are in `older`, with their own time.',
  answers: { 200: { 'application/json': ref('Latest') } },
  problems: ['vehicle-not-allowed', 'vehicle-not-found'],
};

export const HISTORY_DOC: RouteDoc = {
  tag: 'Read',
  summary: 'A signal over time, in steps',
  query: {
    signal: { description: 'Wire name of the signal', schema: { type: 'string' }, required: true },
    from: { description: 'A day before `to` if not given', schema: time },
    to: { description: 'Now if not given', schema: time },
    step: { description: 'Whole minutes: `1m`, `15m`, `1d`', schema: { type: 'string', default: '1m' } },
  },
  answers: { 200: { 'application/json': ref('History') } },
  problems: ['vehicle-not-allowed'],
};

export const TRIPS_DOC: RouteDoc = {
  tag: 'Read',
  summary: 'Trips, newest first',
  query: {
    vehicle: VEHICLE,
    from: { description: 'Trips that end at this time or later', schema: time },
    to: { description: 'Trips that start at this time or earlier', schema: time },
    limit: { description: 'Most trips on a page', schema: { type: 'integer', minimum: 1, maximum: 500, default: 50 } },
    cursor: { description: '`next_cursor` of the page before', schema: { type: 'string' } },
  },
  answers: { 200: { 'application/json': ref('TripList') } },
  problems: ['vehicle-not-allowed'],
};

export const TRIP_DOC: RouteDoc = {
  tag: 'Read',
  summary: 'A trip',
  description: 'An id that the server once answered leads to the trip that contains its time now, by redirect (308).',
  query: { vehicle: WHICH_VEHICLE },
  answers: { 200: { 'application/json': ref('TripDetail') }, 308: 'The trip has another id now' },
  problems: ['trip-not-found', 'ambiguous-trip', 'vehicle-not-allowed'],
};

export const EVENTS_DOC: RouteDoc = {
  tag: 'Read',
  summary: 'The events of a trip',
  description:
    'As JSON, NDJSON, CSV, GPX or GeoJSON, or as lines for `POST /v1/import`, by `Accept` or by suffix (`events.csv`). With `max_points` as many as that, ' +
    'among them the least and the greatest of each field in every stretch.',
  query: {
    vehicle: WHICH_VEHICLE,
    fields: { description: 'Signals, with commas between; all if not given', schema: { type: 'string' } },
    max_points: { description: 'Most events', schema: { type: 'integer', minimum: 2, maximum: 1_000_000 } },
  },
  answers: {
    200: {
      'application/json': ref('TripEvents'),
      'application/x-ndjson': { type: 'string' },
      'text/csv': { type: 'string' },
      'application/gpx+xml': { type: 'string' },
      'application/geo+json': { type: 'object' },
      'application/vnd.fleet.import+ndjson': { type: 'string' },
    },
    308: 'The trip has another id now',
  },
  problems: ['trip-not-found', 'ambiguous-trip', 'not-acceptable', 'vehicle-not-allowed'],
};

export const LIVE_DOC: RouteDoc = {
  tag: 'Read',
  summary: 'What changes, as it changes',
  description:
    'Server-sent events: `vehicle`, with the newest of a vehicle as data, for each vehicle at the start and whenever it ' +
    'changed, at most once a second.',
  query: { vehicle: VEHICLE },
  answers: { 200: { 'text/event-stream': { type: 'string' } } },
  problems: ['vehicle-not-allowed'],
};

/** A trip id in a body. */
export const TRIP_ID_SCHEMA = { type: 'string', pattern: UUID.source };

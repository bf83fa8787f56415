/** What OpenAPI says of requests of apps and dongles. */
import type { AppAnswer, Format } from '../../formats/format.ts';
import { type RouteDoc, ref } from '../route.ts';

export function formatDoc({ name, title, answers }: Format): RouteDoc {
  const { taken } = answers;
  return {
    tag: 'Apps and dongles',
    summary: `What ${title} sends`,
    description:
      `The key is in the path, or in Authorization as Bearer, Basic or token. Answers in the app's own words when all is durable. ` +
      `What can never be taken is kept as a dead letter. See docs/phones.md, ${name}.`,
    answers: { [taken.status]: taken.type === null ? 'Taken' : { [taken.type]: { const: spokenValue(taken) } } },
    problems: ['payload-too-large', 'overloaded', 'store-unavailable'],
  };
}

function spokenValue({ type, body }: AppAnswer): unknown {
  return type === 'application/json' ? JSON.parse(body) : body;
}

export const LABELS_DOC: RouteDoc = {
  tag: 'Read',
  summary: 'What apps call the signals of a vehicle that have no name here',
  answers: { 200: { 'application/json': ref('SignalLabels') } },
  problems: ['vehicle-not-allowed'],
};

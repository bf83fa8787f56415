/** What the server's answers say of the events that were sent. */
import { type Fault, problemSlug } from '@fleet/contract';
import { CommandError } from '../command-error.ts';
import { type Place, placeText } from './drive-lines.ts';
import type { LinkAnswer } from './link.ts';
import type { Reason, Tally } from './tally.ts';

/** An event that was not taken, as answers list it. */
export interface WireRejection {
  readonly type: string;
  readonly errors: readonly Fault[];
}

/** The body of an answer that took what it was sent. Throws what the server says otherwise, with the place. */
export function bodyOf<T>(answer: LinkAnswer, place: Place): T {
  if (answer.status < 300) return answer.body as T;
  const { slug, detail } = refusalIn(answer);
  throw new CommandError(`${placeText(place)}: ${detail} (${slug})${mendFor(slug)}`);
}

/** Why a request was refused: where it lists events, why the first of them was. */
export function refusalIn({ status, body }: LinkAnswer): Reason {
  const { detail, rejected } = (body ?? {}) as { detail?: unknown; rejected?: readonly WireRejection[] };
  const slug = rejected?.[0]?.type ?? problemSlug(body) ?? `status ${status}`;
  return { slug, detail: typeof detail === 'string' ? detail : 'is there a fleet server at this address?' };
}

/** Notes the events that were not taken; `placeOf` finds where each stood. */
export function noteRejected<R extends WireRejection>(
  tally: Tally,
  rejected: readonly R[],
  count: number,
  placeOf: (rejection: R) => Place | undefined,
): void {
  for (const rejection of rejected) {
    const place = placeOf(rejection);
    if (place === undefined) tally.rejectUnlisted(1);
    else tally.reject(place, reasonOf(rejection));
  }
  tally.rejectUnlisted(count - rejected.length);
}

function reasonOf({ type, errors }: WireRejection): Reason {
  const [fault] = errors;
  return { slug: type, detail: `${fault?.pointer ?? ''} ${fault?.detail ?? ''}`.trim() };
}

function mendFor(slug: string): string {
  const mends: Readonly<Record<string, string>> = {
    'clock-skew': ': --as-now moves the drive to now, --offline takes any time',
    unauthorized: ': fleet keys add --vehicle <vehicle> --name <name> makes a key',
  };
  return mends[slug] ?? '';
}

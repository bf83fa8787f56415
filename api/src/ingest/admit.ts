/** The way of one event from what came in to what is stored: each stage takes only what the stage before it gives. */
import { ok, type Problem, type ProblemSlug, type Result } from '@fleet/contract';
import { authorizeVehicle, type Speaker } from './authorize-vehicle.ts';
import { type ClockWindow, checkClock } from './check-clock.ts';
import { type KeyedEvent, keyOf } from './key-of.ts';
import { validateEvent } from './validate-event.ts';

/** Who sends, and what is taken from them now. */
export interface Admission {
  readonly speaker: Speaker & {
    /** Every name of a vehicle, its one name first. */
    namesOf(vehicle: string): readonly string[];
    /** What events are marked with. */
    readonly source: string;
  };
  readonly window: ClockWindow;
  /** Hears of events that are refused, for counting. */
  readonly onRefused: (slug: ProblemSlug) => void;
}

/** Validate → authorise → clock → key. */
export function admit(input: unknown, admission: Admission): Result<KeyedEvent, Problem> {
  const admitted = stages(input, admission);
  if (!admitted.ok) admission.onRefused(admitted.error.slug);
  return admitted;
}

function stages(input: unknown, { speaker, window }: Admission): Result<KeyedEvent, Problem> {
  const valid = validateEvent(input);
  if (!valid.ok) return valid;
  const authorized = authorizeVehicle(valid.value, speaker);
  if (!authorized.ok) return authorized;
  const timed = checkClock(authorized.value, window);
  if (!timed.ok) return timed;
  return ok(keyOf(timed.value, speaker));
}

/**
 * One vehicle, several sources: a dongle without GPS, a phone without OBD, a second phone. Of each signal the readings of
 * one source count at a time, that of its leader, so that two receivers make no zigzag and two clocks no steps.
 *
 * - The first source to give a signal leads it.
 * - Another one takes over when the leader has been silent for longer than 3 s and twice its own step,
 *   or when the leader comes less often than every 3 s and the other one more than twice as often.
 *
 * Plain data, folded row by row in order of time, as a trip's totals are.
 * @see docs/adr/0008-each-signal-from-its-best-source.md
 */
import type { SignalValues } from '@fleet/contract';

/** How a source gives a signal; changed in place, as each row has several. */
interface Pace {
  /** Its last reading, milliseconds since 1970. */
  ts: number;
  /** The usual time between two readings, milliseconds; null after the first. */
  step: number | null;
}

/** Who leads a signal, and who else has it. */
interface Lead {
  source: string;
  pace: Pace;
  rivals?: Record<string, Pace>;
}

/** The leads of a trip's signals so far. */
export type Leads = Record<string, Lead>;

/** A row as far as it matters here. */
interface SourcedRow {
  readonly ts: number;
  readonly source: string;
  readonly values: SignalValues;
}

/** A signal that comes at least this often is had well enough, milliseconds. */
const WELL_ENOUGH_MS = 3_000;
/** A leader is given up after so many of its steps; another one must be so much denser. */
const STEPS = 2;
/** The weight of the newest step in the usual one. */
const NEWEST = 1 / 8;

/** The values of a row that count: those of signals that its source leads. Rows come in order of time. */
export function leadingValues(leads: Leads, row: SourcedRow): SignalValues {
  let left: Set<string> | undefined;
  for (const name in row.values) {
    if (!counts(leads, name, row)) left = (left ?? new Set()).add(name);
  }
  if (left === undefined) return row.values;
  return Object.fromEntries(Object.entries(row.values).filter(([name]) => !left.has(name)));
}

/** Whether the first of two signals for one thing counts now: while it is there, and the other one not much denser. */
export function prefersFirst(leads: Leads, [first, second]: readonly [string, string], ts: number): boolean {
  const [own, other] = [leadOf(leads, first)?.pace, leadOf(leads, second)?.pace];
  return own !== undefined && !isLost(own, ts) && (other === undefined || !isDenser(other, own));
}

function leadOf(leads: Leads, name: string): Lead | undefined {
  return Object.hasOwn(leads, name) ? leads[name] : undefined;
}

/** Whether a reading counts; its source may come to lead by it. */
function counts(leads: Leads, name: string, { ts, source }: SourcedRow): boolean {
  const lead = leadOf(leads, name);
  if (lead === undefined) leads[name] = { source, pace: { ts, step: null } };
  else if (lead.source === source) advance(lead.pace, ts);
  else return challenge(lead, source, ts);
  return true;
}

function challenge(lead: Lead, source: string, ts: number): boolean {
  const rivals = lead.rivals ?? {};
  const known = Object.hasOwn(rivals, source) ? rivals[source] : undefined;
  const pace = known ?? { ts, step: null };
  if (known !== undefined) advance(known, ts);
  lead.rivals = rivals;
  rivals[source] = pace;
  if (!isLost(lead.pace, ts) && !isDenser(pace, lead.pace)) return false;
  rivals[lead.source] = lead.pace;
  delete rivals[source];
  lead.source = source;
  lead.pace = pace;
  return true;
}

function isLost({ ts, step }: Pace, now: number): boolean {
  return now - ts > Math.max(WELL_ENOUGH_MS, STEPS * (step ?? 0));
}

function isDenser(rival: Pace, leader: Pace): boolean {
  if (rival.step === null || leader.step === null) return false;
  return leader.step > WELL_ENOUGH_MS && STEPS * rival.step < leader.step;
}

/** Takes in the next reading. One long gap says little about the usual step. */
function advance(pace: Pace, ts: number): void {
  const step = ts - pace.ts;
  pace.ts = ts;
  if (pace.step === null) pace.step = step;
  else pace.step += (Math.min(step, WELL_ENOUGH_MS + STEPS * pace.step) - pace.step) * NEWEST;
}

/** The way of an event that another server stored: its line says too which device it came from. */
import { bad, ok, type Problem, problem, type Result } from '@fleet/contract';
import { NAME } from '../access/records.ts';
import { type Admission, admit } from './admit.ts';
import type { KeyedEvent } from './key-of.ts';

/** As `admit`; the event is marked with its own `source`, and where it has none with that of whoever sends it. */
export function admitImported(input: unknown, admission: Admission): Result<KeyedEvent, Problem> {
  if (!hasSource(input)) return admit(input, admission);
  const { source, ...event } = input;
  if (typeof source !== 'string' || !NAME.test(source)) {
    admission.onRefused('invalid-event');
    const detail = 'is no name of a device';
    return bad(problem('invalid-event', `/source ${detail}`, [{ pointer: '/source', detail }]));
  }
  const admitted = admit(event, admission);
  return admitted.ok ? ok({ ...admitted.value, source }) : admitted;
}

function hasSource(input: unknown): input is { readonly source: unknown } {
  return typeof input === 'object' && input !== null && !Array.isArray(input) && Object.hasOwn(input, 'source');
}

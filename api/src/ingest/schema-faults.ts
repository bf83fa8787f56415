/** What ajv found, in words for whoever sent it: one fault a place. */
import { type Fault, type Problem, type ProblemSlug, problem, RESERVED_NAMES } from '@fleet/contract';
import type { ErrorObject } from 'ajv/dist/2020.js';

/** What a text must look like, where its pattern alone would not say. */
const FORMS: Readonly<Record<string, string>> = {
  vin: 'must be a VIN: 17 of A-Z and 0-9, without I, O and Q',
  vehicle_id: 'must be 1 to 64 of A-Z, a-z, 0-9, _ and -',
  trip_id: 'must be a UUID',
  dtcs: 'must be a trouble code as in P0301',
  sha256: 'must be 64 hexadecimal digits',
};

/**
 * Options of ajv for schemas of our own, which tests hold against their metaschema: to compile that takes longer than all
 * of them together.
 */
export const TRUSTED_SCHEMAS = { meta: false, validateSchema: false };

/** More faults than this are counted, not listed: an answer must not outgrow what it answers. */
const MOST_FAULTS = 100;

/** The problem of something (`the event`) that has these faults. */
export function problemWith(slug: ProblemSlug, what: string, faults: readonly Fault[]): Problem {
  const [first] = faults;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  return problem(slug, `${first?.pointer || what} ${first?.detail}${more}`, faults.slice(0, MOST_FAULTS));
}

/** Every fault, each place once. */
export function faultsOf(errors: readonly ErrorObject[]): Fault[] {
  const faults = new Map<string, string>();
  for (const error of errors) {
    const fault = toFault(error);
    if (fault !== undefined && !faults.has(fault.pointer)) faults.set(fault.pointer, fault.detail);
  }
  return [...faults].map(([pointer, detail]) => ({ pointer, detail }));
}

function toFault({ keyword, instancePath, params, schemaPath, message }: ErrorObject): Fault | undefined {
  switch (keyword) {
    case 'required':
      return schemaPath.includes('/anyOf/')
        ? undefined
        : { pointer: `${instancePath}/${params['missingProperty']}`, detail: 'is required' };
    case 'anyOf':
      return { pointer: instancePath, detail: 'must name its vehicle: vin or vehicle_id is required' };
    case 'dependentRequired':
      return {
        pointer: `${instancePath}/${params['missingProperty']}`,
        detail: `must come with ${params['property']}`,
      };
    case 'false schema':
      return { pointer: instancePath, detail: `is a reserved name, as are ${RESERVED_NAMES.join(', ')}` };
    case 'pattern':
      return { pointer: instancePath, detail: FORMS[nameIn(instancePath)] ?? `${message}` };
    case 'const':
      return { pointer: instancePath, detail: `must be ${params['allowedValue']}` };
    default:
      return { pointer: instancePath, detail: `${message}` };
  }
}

/** The last name in a pointer that is no index. */
function nameIn(pointer: string): string {
  return pointer.split('/').findLast((part) => !/^\d+$/.test(part)) ?? '';
}

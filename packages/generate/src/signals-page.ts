/** docs/signals.md: what an event may carry. */
import { CUSTOM_SIGNAL_NAME, MAX_CUSTOM_SIGNALS, RESERVED_NAMES, SIGNAL_NAMES, SIGNALS } from '@fleet/contract';
import { code, GENERATED, page, table } from './markdown.ts';

const HEAD = ['name', 'what', 'unit', 'range', 'OBD-II PID', 'VSS path'];

export function signalsPage(): string {
  return page(
    GENERATED,
    '# Signals',
    'A signal is one number of an event, under a name that says its unit. The name is the same in JSON, in the store, in ' +
      'exports and on screens. A value outside its range is refused.',
    table(HEAD, SIGNAL_NAMES.map(row)),
    'PIDs are of OBD-II service 01 (SAE J1979), in hexadecimal; paths are of the COVESA Vehicle Signal Specification 6. ' +
      'VSS has other units here and there: `throttle_pos` is a ratio here and in percent there.',
    '## Custom signals',
    `Any other number is kept too, as a custom signal, if its name matches ${code(CUSTOM_SIGNAL_NAME.source)}; at most ` +
      `${MAX_CUSTOM_SIGNALS} of them in an event. These names are taken: ${RESERVED_NAMES.map(code).join(', ')}.`,
  );
}

function row(name: (typeof SIGNAL_NAMES)[number]): string[] {
  const { label, unit, min, max, pid, vss } = SIGNALS[name];
  return [code(name), label, unit, `${min} … ${max}`, code(pid), code(vss)];
}

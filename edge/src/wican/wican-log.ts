/** Logs that a WiCAN keeps on its SD card: one SQLite file each, rows of parameter, second and value. */

import {
  CUSTOM_SIGNAL_NAME,
  isSignalName,
  RESERVED_NAMES,
  SIGNAL_NAMES,
  SIGNALS,
  type SignalValues,
} from '@fleet/contract';
import Database from 'better-sqlite3';

/** What was measured in one second. */
export interface LoggedSecond {
  /** Milliseconds since 1970. */
  readonly ts_ms: number;
  readonly values: SignalValues;
}

/** Before this, the dongle's clock was not set. */
const CLOCK_SET_S = Date.UTC(2020) / 1_000;

/** Names of vehicle profiles, and what makes our unit of theirs. @see WiCAN, "Supported parameters" */
const PROFILE_NAMES: Readonly<Record<string, readonly [signal: string, scale: number]>> = {
  SPEED: ['speed_kph', 1],
  ENGINE_RPM: ['rpm', 1],
  COOLANT_TMP: ['coolant_c', 1],
  THROTTLE: ['throttle_pos', 0.01],
  FUEL: ['fuel_level_pct', 1],
  SOC: ['soc_pct', 1],
  SOC_D: ['soc_pct', 1],
  LV_V: ['battery_v', 1],
  ODOMETER: ['odometer_km', 1],
  ENGINE_OIL_TEMP: ['oil_c', 1],
  INTAKE_AIR_TMP: ['intake_c', 1],
  MAF: ['maf_g_s', 1],
};

/** Standard PIDs are named by number and words, `0C-EngineRPM`. */
const PID_NAMES: Readonly<Record<string, readonly [signal: string, scale: number]>> = Object.fromEntries(
  SIGNAL_NAMES.flatMap((name) => {
    const { pid } = SIGNALS[name];
    return pid === null ? [] : [[pid, [name, name === 'throttle_pos' ? 0.01 : 1] as const]];
  }),
);

/** The seconds of a log, in order. Throws where the file is no such log. */
export function readWicanLog(file: string): LoggedSecond[] {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const rows = db
      .prepare(
        `SELECT p.Name AS name, d.timestamp AS second, d.value AS value
         FROM param_data d JOIN param_info p ON p.Id = d.param_id WHERE d.timestamp >= ? ORDER BY d.timestamp, d.rowid`,
      )
      .iterate(CLOCK_SET_S) as Iterable<Row>;
    return gather(rows);
  } finally {
    db.close();
  }
}

/** The signal of a parameter, and what makes our unit of its own; undefined for a name that no signal can have. */
export function signalOf(name: string): readonly [signal: string, scale: number] | undefined {
  const [, pid] = /^([0-9A-F]{2})-/i.exec(name) ?? [];
  const known = PROFILE_NAMES[name.toUpperCase()] ?? PID_NAMES[pid?.toUpperCase() ?? ''];
  if (known !== undefined) return known;
  const custom = name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const isFree = CUSTOM_SIGNAL_NAME.test(custom) && !RESERVED_NAMES.includes(custom) && !isSignalName(custom);
  return isFree ? [custom, 1] : undefined;
}

interface Row {
  readonly name: string;
  readonly second: number;
  readonly value: unknown;
}

function gather(rows: Iterable<Row>): LoggedSecond[] {
  const seconds = new Map<number, Record<string, number>>();
  for (const { name, second, value } of rows) {
    const signal = signalOf(name);
    const number = typeof value === 'string' ? Number.parseFloat(value) : value;
    if (signal === undefined || typeof number !== 'number' || !Number.isFinite(number)) continue;
    const ts_ms = Math.round(second * 1_000);
    const values = seconds.get(ts_ms) ?? {};
    values[signal[0]] = Math.round(number * signal[1] * 1e6) / 1e6;
    seconds.set(ts_ms, values);
  }
  return [...seconds].map(([ts_ms, values]) => ({ ts_ms, values }));
}

/** What a car is asked, by what it knows. Pure. */
import { type Car, DTC_SERVICES } from './adapter-session.ts';
import { hex, PIDS, RATE_MS } from './pids.ts';
import type { Task } from './schedule.ts';

/** Trouble codes change rarely. */
const DTCS_EVERY_MS = 300_000;
const VOLTS_EVERY_MS = 10_000;

/** What is asked of a car, and how often. */
export function tasksFor({ pids }: Car, sampleMs: number): Task[] {
  const current = PIDS.filter(({ pid }) => pids.includes(pid)).map(({ pid, rate }) => ({
    name: `01${hex(pid)}`,
    everyMs: rate === 'fast' ? sampleMs : Math.max(sampleMs, RATE_MS[rate]),
  }));
  const knowsVolts = PIDS.some(({ pid, signal }) => signal === 'battery_v' && pids.includes(pid));
  const volts = knowsVolts ? [] : [{ name: 'ATRV', everyMs: VOLTS_EVERY_MS }];
  const dtcs = DTC_SERVICES.map((service) => ({ name: hex(service), everyMs: DTCS_EVERY_MS }));
  return [...current, ...volts, ...dtcs];
}

/** Whether a task asks for a value, and may go into one request with others. */
export function isPid({ name }: Task): boolean {
  return name.startsWith('01');
}

/** The PID that such a task asks for. */
export function pidIn({ name }: Pick<Task, 'name'>): number {
  return Number.parseInt(name.slice(2), 16);
}

/** Backups by themselves: one now and then, each verified before an old one goes. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupState } from '../services.ts';
import { every, type Job } from './every.ts';

export interface BackupPlan {
  readonly folder: string;
  readonly everyMs: number;
  readonly keep: number;
}

/** How backups are made and found; never at once, since a disk that is gone would hold up the whole server. */
export interface BackupTools {
  /** Makes a backup under a path and verifies it; throws where it is no good. */
  make(path: string): Promise<unknown>;
  nameAt(now: number): string;
  /** The backups in a folder. */
  list(folder: string): Promise<string[]>;
  timeOf(path: string): number;
  /** Takes away what a killed process left half done. */
  removeLeftovers(folder: string, now: number): Promise<void>;
}

/** How often it looks whether a backup is due, milliseconds: the plan holds over restarts. */
const LOOK_EVERY_MS = 60_000;

export class BackupJob {
  readonly #plan: BackupPlan;
  readonly #tools: BackupTools;
  readonly #now: () => number;
  readonly #onFault: (error: unknown) => void;
  #state: BackupState = { verified_at: null, fault: null };

  constructor(plan: BackupPlan, tools: BackupTools, now: () => number, onFault: (error: unknown) => void) {
    this.#plan = plan;
    this.#tools = tools;
    this.#now = now;
    this.#onFault = onFault;
  }

  start(): Job {
    return every(LOOK_EVERY_MS, () => this.#look(), this.#onFault, 'now');
  }

  /** As it was when last looked: nobody who asks should wait for a disk, or hear of its faults. */
  state(): BackupState {
    return this.#state;
  }

  async #look(): Promise<void> {
    try {
      await this.#makeIfDue();
      this.#state = { verified_at: await this.#newest(), fault: null };
    } catch (error) {
      this.#state = { ...this.#state, fault: (error as Error).message };
      throw error;
    }
  }

  /** Makes a backup if one is due, then takes away those above the number to keep. */
  async #makeIfDue(): Promise<void> {
    const { folder, everyMs, keep } = this.#plan;
    const newest = await this.#newest();
    this.#state = { ...this.#state, verified_at: newest };
    const now = this.#now();
    if (newest !== null && now - newest < everyMs) return;
    await this.#tools.removeLeftovers(folder, now);
    await this.#tools.make(join(folder, this.#tools.nameAt(now)));
    for (const old of (await this.#byAge()).slice(0, -keep)) await rm(old);
  }

  async #newest(): Promise<number | null> {
    const newest = (await this.#byAge()).at(-1);
    const time = newest === undefined ? Number.NEGATIVE_INFINITY : this.#age(newest);
    return time === Number.NEGATIVE_INFINITY ? null : time;
  }

  /** The oldest first. */
  async #byAge(): Promise<string[]> {
    const paths = await this.#tools.list(this.#plan.folder);
    return paths.toSorted((a, b) => this.#age(a) - this.#age(b) || (a < b ? -1 : 1));
  }

  /** When a backup was made. One from the future was made by a wrong clock: it counts as the oldest. */
  #age(path: string): number {
    const time = this.#tools.timeOf(path);
    return time > this.#now() ? Number.NEGATIVE_INFINITY : time;
  }
}

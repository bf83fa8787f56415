/** Backups by themselves: one now and then, each verified before an old one goes. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BackupState } from '../services.ts';
import { every, type Job } from './every.ts';

export interface BackupPlan {
  readonly folder: string;
  readonly everyMs: number;
  readonly keep: number;
}

/** How backups are made and found. */
export interface BackupTools {
  /** Makes a backup under a path and verifies it; throws where it is no good. */
  make(path: string): Promise<unknown>;
  nameAt(now: number): string;
  /** The backups in a folder, the oldest first. */
  list(folder: string): string[];
  timeOf(path: string): number;
}

/** How often it looks whether a backup is due, milliseconds: the plan holds over restarts. */
const LOOK_EVERY_MS = 60_000;

export class BackupJob {
  readonly #plan: BackupPlan;
  readonly #tools: BackupTools;
  readonly #now: () => number;
  readonly #onFault: (error: unknown) => void;
  #fault: string | null = null;

  constructor(plan: BackupPlan, tools: BackupTools, now: () => number, onFault: (error: unknown) => void) {
    this.#plan = plan;
    this.#tools = tools;
    this.#now = now;
    this.#onFault = onFault;
  }

  start(): Job {
    return every(LOOK_EVERY_MS, () => this.#look(), this.#onFault, 'now');
  }

  state(): BackupState {
    return { verified_at: this.#newest(), fault: this.#fault };
  }

  /** Makes a backup if one is due, then takes away those above the number to keep. */
  async #look(): Promise<void> {
    const { folder, everyMs, keep } = this.#plan;
    const newest = this.#newest();
    if (newest !== null && this.#now() - newest < everyMs) return;
    try {
      await this.#tools.make(join(folder, this.#tools.nameAt(this.#now())));
      this.#fault = null;
    } catch (error) {
      this.#fault = (error as Error).message;
      throw error;
    }
    for (const old of this.#tools.list(folder).slice(0, -keep)) rmSync(old);
  }

  #newest(): number | null {
    const newest = this.#tools.list(this.#plan.folder).at(-1);
    return newest === undefined ? null : this.#tools.timeOf(newest);
  }
}

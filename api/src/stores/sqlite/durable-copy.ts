/** Copies of a database that outlive a power cut. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';

/** As with the folder of data, whoever is not the owner reads nothing: keys' digests and a secret are in it. */
const OWNER_ONLY = 0o600;

/** Copies a database as it is at one moment. The copy may not be there yet. */
export function copyDatabase(db: Database.Database, copy: string): void {
  // SQLite fills an empty file, and would make one that everybody may read.
  closeSync(openSync(copy, 'wx', OWNER_ONLY));
  db.prepare('VACUUM INTO ?').run(copy);
  sync(copy);
}

/** Copies it in the place of whatever is there: one or the other is there whole, at any moment. */
export function replaceByCopy(db: Database.Database, target: string): void {
  const part = `${target}.part`;
  rmSync(part, { force: true });
  copyDatabase(db, part);
  moveIntoPlace(part, target);
}

/** Gives a file that is on the disk another name, and sees to it that this is on the disk too. */
export function moveIntoPlace(part: string, target: string): void {
  renameSync(part, target);
  sync(dirname(target));
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  fsyncSync(file);
  closeSync(file);
}

/**
 * Loaded into the server before everything else (NODE_OPTIONS=--import): kills it at a named point of its work, the nth
 * time that it comes there, counted from when that stands in the file KILL_FILE. The program itself knows nothing of this.
 *
 * In the file: POINT:N with one of these points, or nothing:
 * - after-insert: rows are written, the transaction is not committed
 * - after-commit: it is committed, nobody knows yet
 * - before-reply: the answer is made, and not sent
 */
import { readFileSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import Database from 'better-sqlite3';

type Point = 'after-insert' | 'after-commit' | 'before-reply';

const file = process.env['KILL_FILE'] ?? '';
let count = 0;

function reached(here: Point): void {
  const [point, nth] = readFileSync(file, 'utf8').split(':');
  if (here !== point) return;
  count++;
  if (count >= Number(nth)) process.kill(process.pid, 'SIGKILL');
}

type Work = (...args: unknown[]) => unknown;
type Transaction = Work & { immediate: Work };

const transaction = Database.prototype.transaction as unknown as (work: Work) => Transaction;
Object.defineProperty(Database.prototype, 'transaction', {
  value(this: Database.Database, work: Work): Transaction {
    const made = transaction.call(this, (...args) => {
      const result = work(...args);
      reached('after-insert');
      return result;
    });
    const immediate: Work = (...args) => {
      const result = made.immediate(...args);
      reached('after-commit');
      return result;
    };
    return Object.assign((...args: unknown[]) => made(...args), { immediate });
  },
});

const { end } = ServerResponse.prototype;
ServerResponse.prototype.end = function (this: ServerResponse, ...args: unknown[]) {
  if (this.req?.method === 'POST') reached('before-reply');
  return (end as Work).apply(this, args) as ServerResponse;
} as typeof end;

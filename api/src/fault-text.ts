/** What people are told of errors that are no fault of the program. */
import { HangError, StartError, StoreUnavailableError } from './ports.ts';

/** Words for whoever runs the program, a line for each thing that is wrong; undefined for a fault of the program. */
export function faultText(error: unknown): string | undefined {
  if (error instanceof StartError || error instanceof HangError) return error.message;
  if (!(error instanceof StoreUnavailableError)) return undefined;
  return FULL.test(error.message)
    ? 'the store can not be used: the disk is full: make room and start again'
    : `the store can not be used: ${error.message}`;
}

const FULL = /SQLITE_FULL|ENOSPC/;

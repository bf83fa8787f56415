/** The thread that reads, and works out what is derived. */
import { workerData } from 'node:worker_threads';
import { readerMethods } from './reader-methods.ts';
import { serve } from './thread.ts';
import type { FileOptions } from './writer-methods.ts';

serve(readerMethods(workerData as FileOptions));

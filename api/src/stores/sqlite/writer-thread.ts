/** The thread that writes. */
import { workerData } from 'node:worker_threads';
import { serve } from './thread.ts';
import { type FileOptions, writerMethods } from './writer-methods.ts';

serve(writerMethods(workerData as FileOptions));

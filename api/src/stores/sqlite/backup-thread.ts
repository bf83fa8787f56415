/** The thread that makes backups: it reads the whole file, and nobody should wait for that. */
import { makeBackup } from './backup.ts';
import { serve } from './thread.ts';

const methods = { backup: makeBackup };

export type BackupMethods = typeof methods;

serve(methods);

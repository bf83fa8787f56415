/** Why a command could not do what it was told, in one line for whoever gave it, with the mend. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

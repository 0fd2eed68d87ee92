/** A command line that cannot be carried out; the message names the mistake. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

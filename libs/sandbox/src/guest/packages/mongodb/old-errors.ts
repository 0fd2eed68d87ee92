/** Names of errors: drivers before 4 called what the server answers `MongoError`. */
import { clientOf, isOldClient } from './old-clients.ts';

const OLD_NAMES: Readonly<Record<string, string>> = {
  MongoServerError: 'MongoError',
  MongoBulkWriteError: 'BulkWriteError',
};

function withOldName(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const value = OLD_NAMES[error.name];
  if (value !== undefined) Object.defineProperty(error, 'name', { value, writable: true, configurable: true });
  return error;
}

/** For something of a client that was opened as in those days: the promise, with those names. */
export function renameError(owner: object, promise: Promise<unknown>): Promise<unknown> {
  if (!isOldClient(clientOf(owner))) return promise;
  return promise.catch((error) => {
    throw withOldName(error);
  });
}

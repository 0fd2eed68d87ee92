import { ServiceError } from '@userferry/errors';
import { readResealConfig } from './config.ts';
import { resealStore } from './secrets/reseal-store.ts';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Of a failure of our store: what failed, and where it is looked for. */
const told = (error: unknown): string => {
  if (!(error instanceof ServiceError)) return error instanceof Error ? error.message : 'not sealed anew';
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}; DATABASE_URL says where it is`;
};

try {
  process.exitCode = (await resealStore(readResealConfig(), print)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${told(error)}\n`);
  process.exitCode = 2;
}

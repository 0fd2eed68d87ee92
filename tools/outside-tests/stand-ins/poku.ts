/** Stands in for `poku`, mysql2's test runner. */
import assert from 'node:assert';
import { Skipped } from './ledger.ts';
import { awaited } from './test-runner.ts';

export { assert };
export const strict = assert.strict;
export const describe = awaited;
export const it = awaited;
export const test = awaited;
export const skip = (message = 'skipped by itself'): never => {
  throw new Skipped(message);
};
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

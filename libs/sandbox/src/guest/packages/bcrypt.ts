/** `bcrypt`: the native library, in the host; asynchronous calls in its thread pool. */
import type { BcryptCall } from '../../bridge/operations.ts';
import { ask, request, uncaught } from '../bridge.ts';
import { Buffer } from '../modules/buffer.ts';
import { copyOf } from '../modules/crypto/bytes.ts';
import { nextTick } from '../ticks.ts';

const DEFAULT_ROUNDS = 10;
const HASH_SHAPE = /^\$2[aby]?\$(\d{1,2})\$.{53}$/s;

const crossing = (value: unknown): unknown => (Buffer.isBuffer(value) ? copyOf(value) : value);

function answer(promise: Promise<unknown>, callback: unknown): Promise<unknown> | undefined {
  if (callback === undefined || callback === null) return promise;
  promise
    .then(
      (value) => nextTick(callback as () => void, null, value),
      (error) => nextTick(callback as () => void, error),
    )
    .catch(uncaught);
  return undefined;
}

function call(what: BcryptCall, args: readonly unknown[], callback: unknown): Promise<unknown> | undefined {
  return answer(
    request((id) => ['bcrypt', id, what, args.map(crossing)]),
    callback,
  );
}

const fail = (message: string, callback: unknown): Promise<unknown> | undefined =>
  answer(Promise.reject(new Error(message)), callback);

const isData = (value: unknown): boolean => typeof value === 'string' || Buffer.isBuffer(value);
const isSalt = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

function problemWithHash(data: unknown, salt: unknown): string | undefined {
  if (data == null || salt == null) return 'data and salt arguments required';
  if (!isData(data) || !isSalt(salt)) {
    return 'data must be a string or Buffer and salt must either be a salt string or a number of rounds';
  }
  return undefined;
}

function problemWithCompare(data: unknown, hash: unknown, wrongTypes: string): string | undefined {
  if (data == null || hash == null) return 'data and hash arguments required';
  if (!isData(data) || typeof hash !== 'string') return wrongTypes;
  return undefined;
}

function assertFine(problem: string | undefined): void {
  if (problem !== undefined) throw new Error(problem);
}

function genSalt(rounds?: unknown, minor?: unknown, callback?: unknown): Promise<unknown> | undefined {
  const done = [rounds, minor, callback].find((argument) => typeof argument === 'function');
  const count = typeof rounds === 'function' || !rounds ? DEFAULT_ROUNDS : rounds;
  if (typeof count !== 'number') return fail('rounds must be a number', done);
  return call('genSalt', [count, typeof minor === 'string' ? minor : 'b'], done);
}

/** The callback among the arguments: bcrypt takes a function in any place for it. */
const callbackOf = (...args: readonly unknown[]): unknown => args.find((arg) => typeof arg === 'function');
const unlessFunction = (value: unknown): unknown => (typeof value === 'function' ? undefined : value);

function hash(data: unknown, salt: unknown, callback?: unknown): Promise<unknown> | undefined {
  const done = callbackOf(data, salt, callback);
  const problem = problemWithHash(unlessFunction(data), unlessFunction(salt));
  return problem ? fail(problem, done) : call('hash', [data, salt], done);
}

function compare(data: unknown, hashed: unknown, callback?: unknown): Promise<unknown> | undefined {
  const done = callbackOf(data, hashed, callback);
  const problem = problemWithCompare(unlessFunction(data), unlessFunction(hashed), 'data and hash must be strings');
  return problem ? fail(problem, done) : call('compare', [data, hashed], done);
}

function getRounds(hashed: unknown): number {
  if (hashed == null) throw new Error('hash argument required');
  if (typeof hashed !== 'string') throw new Error('hash must be a string');
  const match = HASH_SHAPE.exec(hashed);
  if (!match) throw new Error('invalid hash provided');
  return Number(match[1]);
}

export const bcrypt = {
  genSalt,
  hash,
  compare,
  getRounds,
  genSaltSync(rounds?: unknown, minor = 'b') {
    if (rounds && typeof rounds !== 'number') throw new Error('rounds must be a number');
    return ask('bcrypt', 'genSaltSync', [rounds || DEFAULT_ROUNDS, minor]);
  },
  hashSync(data: unknown, salt: unknown) {
    assertFine(problemWithHash(data, salt));
    return ask('bcrypt', 'hashSync', [crossing(data), salt]);
  },
  compareSync(data: unknown, hashed: unknown) {
    assertFine(problemWithCompare(data, hashed, 'data must be a string or Buffer and hash must be a string'));
    return ask('bcrypt', 'compareSync', [crossing(data), hashed]);
  },
};

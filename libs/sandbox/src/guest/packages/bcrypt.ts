/** `bcrypt`: the native library, in the host; asynchronous calls in its thread pool. */
import type { BcryptCall } from '../../bridge/operations.ts';
import { ask, request, uncaught } from '../bridge.ts';
import { Buffer } from '../modules/buffer.ts';
import { copyOf } from '../modules/crypto/bytes.ts';
import { nextTick } from '../ticks.ts';

const DEFAULT_ROUNDS = 10;
/** Native code cuts off what is behind the point. */
const roundsOr10 = (rounds: unknown): number => Math.trunc((rounds as number) || DEFAULT_ROUNDS);
const ROUNDS_IN_HASH = /^\$.[^$]?\$(\d+)/s;

const crossing = (value: unknown): unknown => (Buffer.isBuffer(value) ? copyOf(value) : value);

type Callback = (error?: unknown, value?: unknown) => void;
type Answer = Promise<unknown> | undefined;

/** Native code calls back with `undefined` for no error. */
function answer(promise: Promise<unknown>, callback: Callback | undefined): Answer {
  if (callback === undefined) return promise;
  promise
    .then(
      (value) => nextTick(callback, undefined, value),
      (error) => nextTick(callback, error),
    )
    .catch(uncaught);
  return undefined;
}

const call = (what: BcryptCall, args: readonly unknown[], callback: Callback | undefined): Answer =>
  answer(
    request((id) => ['bcrypt', id, what, args.map(crossing)]),
    callback,
  );

/**
 * With a code, which native code leaves out: by an `Error` without one a script refuses a user, and a misspelt column, whose
 * value is undefined, would tell everybody that their password is wrong. Who has no password in a database, and so null for
 * its hash, is refused.
 */
const wrongArguments = (message: string, second?: unknown): Error => {
  const error = new Error(message);
  return second === null ? error : Object.assign(error, { code: 'ERR_INVALID_ARG_TYPE' });
};

function fail(message: string, callback: unknown, second?: unknown): Answer {
  const error = wrongArguments(message, second);
  if (typeof callback !== 'function') return Promise.reject(error);
  nextTick(callback as Callback, error);
  return undefined;
}

const ROUNDS = 'rounds must be a number';
const MINOR = 'minor must be either "a" or "b"';
const DATA_AND_SALT_REQUIRED = 'data and salt arguments required';
const DATA_AND_SALT = 'data must be a string or Buffer and salt must either be a salt string or a number of rounds';
const DATA_AND_HASH_REQUIRED = 'data and hash arguments required';
const CALLBACK = 'cb must be a function or null to return a Promise';

const isData = (value: unknown): boolean => typeof value === 'string' || Buffer.isBuffer(value);
const isSalt = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';

function problemWithSalt(rounds: unknown, minor: unknown): string | undefined {
  if (rounds && typeof rounds !== 'number') return ROUNDS;
  return minor && minor !== 'a' && minor !== 'b' ? MINOR : undefined;
}

function problemWithHash(data: unknown, salt: unknown): string | undefined {
  if (data == null || salt == null) return DATA_AND_SALT_REQUIRED;
  return isData(data) && isSalt(salt) ? undefined : DATA_AND_SALT;
}

function problemWithCompare(data: unknown, hash: unknown, wrongTypes: string): string | undefined {
  if (data == null || hash == null) return DATA_AND_HASH_REQUIRED;
  return isData(data) && typeof hash === 'string' ? undefined : wrongTypes;
}

function assertFine(problem: string | undefined, second?: unknown): void {
  if (problem !== undefined) throw wrongArguments(problem, second);
}

function genSalt(rounds: unknown, minor: unknown, callback: unknown): Answer {
  if (typeof rounds === 'function') return call('genSalt', [DEFAULT_ROUNDS, 'b'], rounds as Callback);
  const done = typeof minor === 'function' ? minor : callback;
  const wanted = typeof minor === 'function' ? 'b' : minor;
  const problem = problemWithSalt(rounds, wanted);
  if (problem !== undefined) return fail(problem, done);
  return call('genSalt', [roundsOr10(rounds), wanted || 'b'], (done || undefined) as Callback | undefined);
}

/** `functionInstead`: what is said of a callback in the place of an argument. */
function callOrFail(
  what: 'hash' | 'compare',
  [data, second, callback]: readonly unknown[],
  functionInstead: string,
  problem: string | undefined,
): Answer {
  if (typeof data === 'function') return fail(functionInstead, data);
  if (typeof second === 'function') return fail(functionInstead, second);
  if (callback && typeof callback !== 'function') return fail(CALLBACK, undefined);
  if (problem !== undefined) return fail(problem, callback, second);
  return call(what, [data, second], (callback || undefined) as Callback | undefined);
}

/** As the native code reads it: what follows the version, up to where it is no number. */
function getRounds(hashed: unknown): number {
  if (hashed == null) throw wrongArguments('hash argument required');
  if (typeof hashed !== 'string') throw wrongArguments('hash must be a string');
  const rounds = Number(ROUNDS_IN_HASH.exec(hashed)?.[1] ?? 0);
  if (rounds === 0) throw wrongArguments('invalid hash provided');
  return rounds;
}

export const bcrypt = {
  genSaltSync(rounds?: unknown, minor?: unknown) {
    assertFine(problemWithSalt(rounds, minor));
    return ask('bcrypt', 'genSaltSync', [roundsOr10(rounds), minor || 'b']);
  },
  genSalt,
  hashSync(data: unknown, salt: unknown) {
    assertFine(problemWithHash(data, salt));
    return ask('bcrypt', 'hashSync', [crossing(data), salt]);
  },
  hash: (data: unknown, salt: unknown, callback: unknown) =>
    callOrFail('hash', [data, salt, callback], DATA_AND_SALT, problemWithHash(data, salt)),
  compareSync(data: unknown, hashed: unknown) {
    const problem = problemWithCompare(data, hashed, 'data must be a string or Buffer and hash must be a string');
    assertFine(problem, hashed);
    return ask('bcrypt', 'compareSync', [crossing(data), hashed]);
  },
  compare(data: unknown, hashed: unknown, callback: unknown) {
    const problem = problemWithCompare(data, hashed, 'data and hash must be strings');
    return callOrFail('compare', [data, hashed, callback], DATA_AND_HASH_REQUIRED, problem);
  },
  getRounds,
};

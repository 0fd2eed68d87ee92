/** `pbkdf2` and `scrypt`: the host's thread pool does the asynchronous forms. */
import { ask, request, uncaught } from '../../bridge.ts';
import { nextTick } from '../../ticks.ts';
import { copyOf, toBuffer, toBytes } from './bytes.ts';

type Done = (error: unknown, key?: Uint8Array) => void;

function callBack(promise: Promise<unknown>, done: Done): void {
  promise
    .then(
      (key) => nextTick(done as () => void, null, toBuffer(key as Uint8Array)),
      (error) => nextTick(done as () => void, error),
    )
    .catch(uncaught);
}

const pbkdf2Arguments = (
  password: unknown,
  salt: unknown,
  iterations: unknown,
  rest: readonly unknown[],
): unknown[] => [
  copyOf(toBytes(password, 'utf8', 'password')),
  copyOf(toBytes(salt, 'utf8', 'salt')),
  iterations,
  ...rest,
];

export const derivePbkdf2 = (args: readonly unknown[]): Promise<unknown> =>
  request((id) => ['derive', id, 'pbkdf2', pbkdf2Arguments(args[0], args[1], args[2], args.slice(3, 5))]);

export function pbkdf2(...args: unknown[]): void {
  callBack(derivePbkdf2(args), args[5] as Done);
}

export const pbkdf2Sync = (...args: unknown[]): Uint8Array =>
  toBuffer(ask('pbkdf2', ...pbkdf2Arguments(args[0], args[1], args[2], args.slice(3, 5))) as Uint8Array);

const scryptArguments = (password: unknown, salt: unknown, length: unknown, options: unknown): unknown[] => [
  copyOf(toBytes(password, 'utf8', 'password')),
  copyOf(toBytes(salt, 'utf8', 'salt')),
  length,
  { ...(typeof options === 'object' ? options : {}) },
];

export function scrypt(password: unknown, salt: unknown, length: unknown, options: unknown, callback?: Done): void {
  const done = (typeof options === 'function' ? options : callback) as Done;
  const args = scryptArguments(password, salt, length, options);
  callBack(
    request((id) => ['derive', id, 'scrypt', args]),
    done,
  );
}

export const scryptSync = (password: unknown, salt: unknown, length: unknown, options?: unknown): Uint8Array =>
  toBuffer(ask('scrypt', ...scryptArguments(password, salt, length, options)) as Uint8Array);

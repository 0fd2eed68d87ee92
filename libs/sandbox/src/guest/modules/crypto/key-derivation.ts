/** `pbkdf2`, `scrypt`, `argon2` and `hkdf`: computed in the host, the asynchronous forms in its thread pool. */
import { invalidArgType } from '../node-errors.ts';
import { copyOf } from './bytes.ts';
import { callNative, callNativeLater, promiseOfNative } from './native.ts';

const bufferOf = (value: unknown): unknown => (value instanceof Uint8Array ? copyOf(value).buffer : value);

/** PBKDF2 in the thread pool: password, salt, iterations, length in bytes, digest. */
export const derivePbkdf2 = (args: readonly unknown[]): Promise<unknown> => promiseOfNative('pbkdf2', args);

export function pbkdf2(password: unknown, salt: unknown, iterations: unknown, ...rest: unknown[]): void {
  const [length, digest, callback] = rest;
  if (typeof digest === 'function') throw invalidArgType('digest', 'of type string', undefined);
  callNativeLater('pbkdf2', [password, salt, iterations, length, digest], callback);
}

export const pbkdf2Sync = (...args: unknown[]): unknown => callNative('pbkdf2Sync', ...args.slice(0, 5));

export function scrypt(password: unknown, salt: unknown, length: unknown, ...rest: unknown[]): void {
  const callback = typeof rest[0] === 'function' ? rest[0] : rest[1];
  const options = typeof rest[0] === 'function' ? {} : rest[0];
  callNativeLater('scrypt', [password, salt, length, options], callback);
}

export const scryptSync = (...args: unknown[]): unknown => callNative('scryptSync', ...args.slice(0, 4));

export function argon2(algorithm: unknown, parameters: unknown, callback: unknown): void {
  callNativeLater('argon2', [algorithm, parameters], callback);
}

export const argon2Sync = (algorithm: unknown, parameters: unknown): unknown =>
  callNative('argon2Sync', algorithm, parameters);

export function hkdf(...args: unknown[]): void {
  callNativeLater('hkdf', args.slice(0, 5), (error: unknown, key: unknown) =>
    (args[5] as (...values: unknown[]) => void)(error, ...(error === null ? [bufferOf(key)] : [])),
  );
}

export const hkdfSync = (...args: unknown[]): unknown => bufferOf(callNative('hkdfSync', ...args.slice(0, 5)));

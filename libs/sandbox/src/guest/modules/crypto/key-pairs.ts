/** New keys, and primes. */

import { Buffer } from '../buffer.ts';
import { invalidArgValue, outOfRange, validateString } from '../node-errors.ts';
import { promisesBy } from '../promising-form.ts';
import { type KeyObject, keyFromMaterial, keyFromWire } from './keys.ts';
import { arrived, callNative, callNativeLater, later, type WireKey, whenNative } from './native.ts';
import { randomBytes } from './random-values.ts';

type Callback = (error: unknown, ...values: unknown[]) => void;
type KeyOptions = { readonly length?: unknown };

const keyOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && '$key' in value ? keyFromWire(value as WireKey) : arrived(value);

export function generateKeyPairSync(type: unknown, options?: unknown): object {
  const { publicKey, privateKey } = callNative('generateKeyPairSync', type, options) as Record<string, unknown>;
  return { publicKey: keyOf(publicKey), privateKey: keyOf(privateKey) };
}

export function generateKeyPair(type: unknown, options: unknown, callback?: unknown): void {
  const done = (typeof options === 'function' ? options : callback) as Callback;
  whenNative('generateKeyPair', [type, typeof options === 'function' ? undefined : options], (error, ...keys) =>
    later(done, error, ...(error === null ? keys.map(keyOf) : [])),
  );
}
const promised = (type: unknown, options: unknown): Promise<unknown> =>
  new Promise((resolve, reject) => {
    generateKeyPair(type, options, (error: unknown, publicKey: unknown, privateKey: unknown) =>
      error === null ? resolve({ publicKey, privateKey }) : reject(error),
    );
  });
promisesBy(generateKeyPair, promised);

export function generateKeySync(type: unknown, options: KeyOptions): KeyObject {
  validateString(type, 'type');
  const length = Number(options?.length);
  if (type === 'aes') {
    if (![128, 192, 256].includes(length)) {
      throw invalidArgValue('options.length', options?.length, 'must be one of: 128, 192, 256');
    }
  } else if (type !== 'hmac') {
    throw invalidArgValue('type', type, 'must be a supported key type');
  } else if (!Number.isInteger(length) || length < 8) {
    throw outOfRange('options.length', '>= 8 && <= 2147483647', options?.length);
  }
  return keyFromMaterial('secret', new Uint8Array(randomBytes(Math.floor(length / 8)) as Buffer));
}

export function generateKey(type: unknown, options: KeyOptions, callback: unknown): void {
  later(callback, null, generateKeySync(type, options));
}

const primeOf = (value: unknown): unknown => (Buffer.isBuffer(value) ? value.buffer : value);

export const generatePrimeSync = (size: unknown, options?: unknown): unknown =>
  primeOf(callNative('generatePrimeSync', size, options ?? {}));
export const checkPrimeSync = (candidate: unknown, options?: unknown): unknown =>
  callNative('checkPrimeSync', candidate, options ?? {});

export function generatePrime(size: unknown, options: unknown, callback?: unknown): void {
  const done = (typeof options === 'function' ? options : callback) as Callback;
  callNativeLater(
    'generatePrime',
    [size, typeof options === 'function' ? {} : options],
    (error: unknown, prime: unknown) => (error === null ? done(null, primeOf(prime)) : done(error)),
  );
}
export function checkPrime(candidate: unknown, options: unknown, callback?: unknown): void {
  const done = typeof options === 'function' ? options : callback;
  callNativeLater('checkPrime', [candidate, typeof options === 'function' ? {} : options], done);
}

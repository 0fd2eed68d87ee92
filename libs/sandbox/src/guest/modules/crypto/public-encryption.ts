/** RSA encryption, signatures and agreed secrets: Node's own functions in the host. */

import { Buffer } from '../buffer.ts';
import { nodeError, validateString } from '../node-errors.ts';
import { Writable } from '../stream.ts';
import { output, toBytes } from './bytes.ts';
import { callNative, callNativeLater } from './native.ts';

type Native = (...args: unknown[]) => unknown;

const native =
  (name: string): Native =>
  (...args) =>
    callNative(name, ...args);

export const publicEncrypt = native('publicEncrypt');
export const privateDecrypt = native('privateDecrypt');
export const privateEncrypt = native('privateEncrypt');
export const publicDecrypt = native('publicDecrypt');
export const diffieHellman = native('diffieHellman');

export function sign(algorithm: unknown, data: unknown, key: unknown, callback?: unknown): unknown {
  if (callback === undefined) return callNative('sign', algorithm, data, key);
  return callNativeLater('sign', [algorithm, data, key], callback);
}

export function verify(algorithm: unknown, data: unknown, key: unknown, ...rest: unknown[]): unknown {
  const [signature, callback] = rest;
  if (callback === undefined) return callNative('verify', algorithm, data, key, signature);
  return callNativeLater('verify', [algorithm, data, key, signature], callback);
}

/** What `Sign` and `Verify` share: they gather the data, and one call does the rest. */
class Gathering extends Writable {
  readonly #algorithm: string;
  #chunks: Uint8Array[] = [];
  #done = false;
  constructor(algorithm: string, options?: object) {
    super(options);
    validateString(algorithm, 'algorithm');
    this.#algorithm = algorithm;
    assertDigest(algorithm);
  }
  update(data: unknown, encoding?: string): this {
    this.#chunks.push(new Uint8Array(toBytes(data, encoding)));
    return this;
  }
  override _write(chunk: unknown, encoding: string, done: () => void): void {
    this.update(chunk, encoding);
    done();
  }
  protected _finish(name: string, ...args: unknown[]): unknown {
    if (this.#done) throw nodeError(Error, 'ERR_CRYPTO_INVALID_STATE', 'Not initialised');
    const result = callNative(name, this.#algorithm, Buffer.concat(this.#chunks), ...args);
    this.#done = true;
    this.#chunks = [];
    return result;
  }
}

const known = new Set<string>();

/** Node refuses a digest that it does not know when the object is made. */
function assertDigest(algorithm: string): void {
  if (known.has(algorithm)) return;
  callNative('assertSignatureDigest', algorithm);
  known.add(algorithm);
}

export class Sign extends Gathering {
  sign(key: unknown, encoding?: string): unknown {
    if (!key) throw nodeError(Error, 'ERR_CRYPTO_SIGN_KEY_REQUIRED', 'No key provided to sign');
    return output(this._finish('signAll', key) as Uint8Array, encoding);
  }
}

export class Verify extends Gathering {
  verify(key: unknown, signature: unknown, encoding?: string): unknown {
    return this._finish('verifyAll', key, toBytes(signature, encoding, 'signature'));
  }
}

export const createSign = (algorithm: string, options?: object): Sign => new Sign(algorithm, options);
export const createVerify = (algorithm: string, options?: object): Verify => new Verify(algorithm, options);

/**
 * Hashes and HMACs. The common ones are computed inside the isolate: a crossing would cost forty times as much. What is
 * rare (MD4, SM3, Whirlpool, digests of a length of one's own) gathers its data for the host.
 */
import { blake2b, blake2s } from '@noble/hashes/blake2.js';
import { hmac } from '@noble/hashes/hmac.js';
import { md5, ripemd160, sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512, sha512_224, sha512_256 } from '@noble/hashes/sha2.js';
import { sha3_224, sha3_256, sha3_384, sha3_512 } from '@noble/hashes/sha3.js';
import type { CHash } from '@noble/hashes/utils.js';
import { fix } from '../../integrity/fixed.ts';
import { getPrototypeOf } from '../../primordials.ts';
import { Buffer } from '../buffer.ts';
import { invalidArgType, nodeError, validateString } from '../node-errors.ts';
import { Transform } from '../stream.ts';
import { copyOf, output, toBytes } from './bytes.ts';
import { secretBytes } from './keys.ts';
import { callNative } from './native.ts';

type State = { update(bytes: Uint8Array): unknown; digest(): Uint8Array; clone(): unknown };
type Options = { readonly outputLength?: unknown; readonly [option: string]: unknown };

const ALGORITHMS: Readonly<Record<string, CHash>> = Object.assign(Object.create(null), {
  md5,
  sha1,
  ripemd160,
  rmd160: ripemd160,
  ripemd: ripemd160,
  sha224,
  sha256,
  sha384,
  sha512,
  'sha512-224': sha512_224,
  'sha512-256': sha512_256,
  'sha3-224': sha3_224,
  'sha3-256': sha3_256,
  'sha3-384': sha3_384,
  'sha3-512': sha3_512,
  blake2b512: blake2b,
  blake2s256: blake2s,
});

/** What all states have in common cannot be changed: a script that comes by one could change every later digest. */
function fixStates(state: object): void {
  let shared = getPrototypeOf(state) as { readonly constructor: object } | null;
  while (shared !== null && shared !== Object.prototype) {
    fix(shared.constructor);
    shared = getPrototypeOf(shared) as typeof shared;
  }
}
for (const algorithm of Object.values(ALGORITHMS)) fixStates(algorithm.create());
fixStates(hmac.create(sha256, new Uint8Array(1)));

export const hashNames = (): string[] => callNative('getHashes') as string[];

/** Finds an algorithm by Node's or WebCrypto's name for it: `sha256`, `SHA-256`, `RSA-SHA256`. */
function findAlgorithm(name: unknown): CHash | undefined {
  const key = String(name).toLowerCase().replace(/^rsa-/, '');
  return ALGORITHMS[key] ?? ALGORITHMS[key.replace(/^sha-/, 'sha').replace('/', '-')];
}

/** What is gathered until the host makes a digest of it. */
function createHostState(digest: (data: Uint8Array) => Uint8Array, chunks: readonly Uint8Array[] = []): State {
  const gathered = [...chunks];
  return {
    update: (bytes) => gathered.push(copyOf(bytes)),
    digest: () => digest(Buffer.concat(gathered)),
    clone: () => createHostState(digest, gathered),
  };
}

const hostHash =
  (name: string, options: Options = {}) =>
  (data: Uint8Array): Uint8Array =>
    callNative('digestAll', name, data, options) as Uint8Array;

const refused = new Map<string, true>();

/** Node refuses a name when the object is made, and so does this; a name that was good once is not asked for again. */
function createHashState(name: string, options: Options | undefined): State {
  const algorithm = options?.outputLength === undefined ? findAlgorithm(name) : undefined;
  if (algorithm) return algorithm.create() as unknown as State;
  const digest = hostHash(name, options?.outputLength === undefined ? {} : { outputLength: options.outputLength });
  if (options?.outputLength !== undefined || !refused.has(name)) digest(new Uint8Array(0));
  refused.set(name, true);
  return createHostState(digest);
}

function createHmacState(name: string, key: Uint8Array): State {
  const algorithm = findAlgorithm(name);
  if (algorithm) return hmac.create(algorithm, key) as unknown as State;
  const digest = (data: Uint8Array): Uint8Array => callNative('hmacAll', name, key, data) as Uint8Array;
  digest(new Uint8Array(0));
  return createHostState(digest);
}

export function hashOf(name: string, bytes: Uint8Array): Uint8Array {
  const algorithm = findAlgorithm(name);
  return algorithm ? algorithm(bytes) : hostHash(name)(bytes);
}
export const hmacOf = (name: string, key: Uint8Array, bytes: Uint8Array): Uint8Array => {
  const state = createHmacState(name, copyOf(key));
  state.update(bytes);
  return state.digest();
};

const finalized = (): Error => nodeError(Error, 'ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');

function bytesOf(data: unknown, encoding?: string): Uint8Array {
  if (typeof data === 'string' || ArrayBuffer.isView(data)) return toBytes(data, encoding);
  throw invalidArgType('data', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
}

/** Of no script's concern: a state's methods are every run's. */
let copyState: (digest: Digest) => State;

/** `Hash` and `Hmac` as Node has them: updates, one digest, and a stream. */
class Digest extends Transform {
  static {
    copyState = (digest) => {
      if (digest._done) throw finalized();
      return digest.#state.clone() as State;
    };
  }
  #state: State;
  #result: Uint8Array | undefined;
  protected _done = false;
  /** Its digest went out as a stream; it may still be asked for. */
  protected _isFlushed = false;
  constructor(state: State, options?: object) {
    super(options);
    this.#state = state;
  }
  update(data: unknown, encoding?: string): this {
    if (this._done) throw finalized();
    this.#state.update(bytesOf(data, encoding));
    return this;
  }
  digest(encoding?: string): unknown {
    if (this._done) throw finalized();
    this._done = true;
    return output(this.#finish(), encoding);
  }
  #finish(): Uint8Array {
    this.#result ??= this.#state.digest();
    return this.#result;
  }
  override _transform(chunk: unknown, encoding: string, done: (error?: Error) => void): void {
    this.update(chunk, encoding);
    done();
  }
  override _flush(done: (error?: Error) => void): void {
    this._isFlushed = true;
    this.push(Buffer.from(this.#finish()));
    done();
  }
}

export class Hash extends Digest {
  readonly #algorithm: string;
  constructor(algorithm: unknown, options?: Options, state?: State) {
    validateString(algorithm, 'algorithm');
    super(state ?? createHashState(algorithm as string, options), options);
    this.#algorithm = algorithm as string;
  }
  copy(options?: Options): Hash {
    return new Hash(this.#algorithm, options, copyState(this));
  }
}

export class Hmac extends Digest {
  constructor(algorithm: unknown, key: unknown, options?: Options) {
    validateString(algorithm, 'hmac');
    const secret = copyOf(secretBytes(key, options?.encoding as string | undefined));
    super(createHmacState(algorithm as string, secret), options);
  }
  /** A second digest of an HMAC is empty, as ever in Node. */
  override digest(encoding?: string): unknown {
    return this._done || this._isFlushed ? output(new Uint8Array(0), encoding) : super.digest(encoding);
  }
}

export const createHash = (algorithm: unknown, options?: Options): Hash => new Hash(algorithm, options);
export const createHmac = (algorithm: unknown, key: unknown, options?: Options): Hmac =>
  new Hmac(algorithm, key, options);

/** The hash of one piece of data. */
export function hash(algorithm: unknown, data: unknown, options: unknown = 'hex'): unknown {
  validateString(algorithm, 'algorithm');
  if (typeof data !== 'string' && !ArrayBuffer.isView(data)) {
    throw invalidArgType('input', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
  }
  const { outputEncoding = 'hex', outputLength } = (typeof options === 'object' ? options : {}) as Options;
  const encoding = typeof options === 'string' ? options : String(outputEncoding);
  const digest = createHash(algorithm, outputLength === undefined ? undefined : { outputLength });
  return digest.update(data).digest(encoding);
}

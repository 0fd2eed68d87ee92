/** Hashes and HMACs, computed inside the isolate: a crossing would cost forty times as much. */
import { hmac } from '@noble/hashes/hmac.js';
import { md5, ripemd160, sha1 } from '@noble/hashes/legacy.js';
import { sha224, sha256, sha384, sha512, sha512_224, sha512_256 } from '@noble/hashes/sha2.js';
import { sha3_224, sha3_256, sha3_384, sha3_512 } from '@noble/hashes/sha3.js';
import type { CHash, Hash as NobleHash } from '@noble/hashes/utils.js';
import { Transform } from '../stream.ts';
import { copyOf, output, toBytes } from './bytes.ts';

type Algorithm = CHash;
type State = { update(bytes: Uint8Array): unknown; digest(): Uint8Array; clone(): unknown };

const ALGORITHMS: Readonly<Record<string, Algorithm>> = Object.assign(Object.create(null), {
  md5,
  sha1,
  ripemd160,
  rmd160: ripemd160,
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
});

export const hashNames = (): string[] => Object.keys(ALGORITHMS);

/** Finds an algorithm by Node's or WebCrypto's name for it: `sha256`, `SHA-256`, `RSA-SHA256`. */
export function findAlgorithm(name: unknown): Algorithm | undefined {
  const key = String(name).toLowerCase().replace(/^rsa-/, '');
  return ALGORITHMS[key] ?? ALGORITHMS[key.replace(/^sha-/, 'sha').replace('/', '-')];
}

function algorithmOf(name: unknown, what: string): Algorithm {
  const algorithm = findAlgorithm(name);
  if (algorithm) return algorithm;
  if (what === 'hmac') throw Object.assign(new Error(`Invalid digest: ${name}`), { code: 'ERR_CRYPTO_INVALID_DIGEST' });
  throw Object.assign(new Error('Digest method not supported'), { code: 'ERR_OSSL_EVP_UNSUPPORTED' });
}

export const hashOf = (name: unknown, bytes: Uint8Array): Uint8Array => algorithmOf(name, 'hash')(bytes);
export const hmacOf = (name: unknown, key: Uint8Array, bytes: Uint8Array): Uint8Array =>
  hmac(algorithmOf(name, 'hmac'), key, bytes);

function finalized(): Error {
  return Object.assign(new Error('Digest already called'), { code: 'ERR_CRYPTO_HASH_FINALIZED' });
}

/** `Hash` and `Hmac` as Node has them: updates, one digest, and a stream. */
class Digest extends Transform {
  #state: State;
  #done = false;
  constructor(state: State) {
    super();
    this.#state = state;
  }
  update(data: unknown, encoding?: string): this {
    if (this.#done) throw finalized();
    this.#state.update(toBytes(data, encoding));
    return this;
  }
  digest(encoding?: string): unknown {
    if (this.#done) throw finalized();
    this.#done = true;
    return output(this.#state.digest(), encoding);
  }
  protected _copyState(): State {
    if (this.#done) throw finalized();
    return this.#state.clone() as State;
  }
  override _transform(chunk: unknown, encoding: string, done: (error?: Error) => void): void {
    this.update(chunk, encoding);
    done();
  }
  override _flush(done: (error?: Error) => void): void {
    this.push(this.digest());
    done();
  }
}

export class Hash extends Digest {
  copy(): Hash {
    return new Hash(this._copyState());
  }
}
export class Hmac extends Digest {}

export const createHash = (name: unknown): Hash => new Hash(algorithmOf(name, 'hash').create() as NobleHash<never>);
export const createHmac = (name: unknown, key: unknown): Hmac =>
  new Hmac(hmac.create(algorithmOf(name, 'hmac'), copyOf(toBytes(key, 'utf8', 'key'))) as never);

/** `webcrypto.subtle` as far as drivers use it: digests, HMAC, PBKDF2 over raw keys. */
import { copyOf, toBytes } from './bytes.ts';
import { hashOf, hmacOf } from './hashes.ts';
import { derivePbkdf2 } from './key-derivation.ts';
import { getRandomValues, randomUUID } from './random-values.ts';
import { timingSafeEqual } from './timing-safe-equal.ts';

type Algorithm = string | { readonly name: string; readonly hash?: Algorithm; readonly [option: string]: unknown };

const nameOf = (algorithm: Algorithm | undefined): string =>
  typeof algorithm === 'string' ? algorithm : String(algorithm?.name);
const bufferOf = (bytes: Uint8Array): ArrayBuffer => copyOf(bytes).buffer;

function unsupported(what: string): DOMException {
  return new DOMException(`${what} is not supported`, 'NotSupportedError');
}

const secrets = new WeakMap<object, Uint8Array>();

export class CryptoKey {
  readonly type = 'secret';
  readonly algorithm: object;
  readonly extractable: boolean;
  readonly usages: readonly string[];
  constructor(algorithm: object, extractable: boolean, usages: readonly string[]) {
    this.algorithm = algorithm;
    this.extractable = extractable;
    this.usages = usages;
  }
}

function secretOf(key: object): Uint8Array {
  const secret = secrets.get(key);
  if (secret === undefined) throw new TypeError('The key is not a CryptoKey');
  return secret;
}

async function importKey(
  format: string,
  data: unknown,
  algorithm: Algorithm,
  ...[extractable, usages]: [boolean, readonly string[]]
): Promise<CryptoKey> {
  if (format !== 'raw') throw unsupported(`The key format ${format}`);
  const described = typeof algorithm === 'string' ? { name: algorithm } : { ...algorithm };
  const key = new CryptoKey(described, extractable, [...usages]);
  secrets.set(key, copyOf(toBytes(data)));
  return key;
}

async function sign(_algorithm: Algorithm, key: CryptoKey, data: unknown): Promise<ArrayBuffer> {
  const { name, hash } = key.algorithm as { name: string; hash?: Algorithm };
  if (name.toUpperCase() !== 'HMAC') throw unsupported(name);
  return bufferOf(hmacOf(nameOf(hash), secretOf(key), toBytes(data)));
}

async function deriveBits(algorithm: Algorithm, key: CryptoKey, bits: number): Promise<ArrayBuffer> {
  if (nameOf(algorithm).toUpperCase() !== 'PBKDF2' || typeof algorithm === 'string')
    throw unsupported(nameOf(algorithm));
  const digest = nameOf(algorithm.hash).toLowerCase().replace('sha-', 'sha');
  const salt = toBytes(algorithm.salt);
  return bufferOf((await derivePbkdf2([secretOf(key), salt, algorithm.iterations, bits / 8, digest])) as Uint8Array);
}

export const subtle = {
  digest: async (algorithm: Algorithm, data: unknown): Promise<ArrayBuffer> =>
    bufferOf(hashOf(nameOf(algorithm), toBytes(data))),
  importKey,
  sign,
  verify: async (algorithm: Algorithm, key: CryptoKey, ...[signature, data]: [unknown, unknown]): Promise<boolean> => {
    const expected = new Uint8Array(await sign(algorithm, key, data));
    const given = toBytes(signature);
    return given.byteLength === expected.byteLength && timingSafeEqual(expected, given);
  },
  deriveBits,
};

export const webcrypto = { subtle, getRandomValues, randomUUID, CryptoKey };

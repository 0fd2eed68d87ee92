/**
 * `webcrypto.subtle`. Digests, HMACs and PBKDF2 over raw keys, which drivers use for every login, are done here and in
 * the thread pool; the rest is Node's own `subtle` in the host.
 */
import { invalidArgType } from '../node-errors.ts';
import { copyOf, toBytes } from './bytes.ts';
import { CryptoKey, cryptoKeyFromWire, type WireCryptoKey } from './crypto-key.ts';
import { hashOf, hmacOf } from './hashes.ts';
import { derivePbkdf2 } from './key-derivation.ts';
import { callSubtle, wireOf } from './native.ts';
import { getRandomValues, randomUUID } from './random-values.ts';
import { timingSafeEqual } from './timing-safe-equal.ts';

type Algorithm = string | { readonly name: string; readonly hash?: Algorithm; readonly [option: string]: unknown };

const nameOf = (algorithm: Algorithm | undefined): string =>
  String(typeof algorithm === 'object' ? algorithm?.name : algorithm).toUpperCase();
const bufferOf = (bytes: Uint8Array): ArrayBuffer => copyOf(bytes).buffer;

const DOM_NAMES = /^(Operation|NotSupported|InvalidAccess|Data|Syntax|QuotaExceeded|TypeMismatch)Error$/;

/** What came back of `subtle`: bytes as an ArrayBuffer, keys as keys, its errors as DOM exceptions. */
function arrivedOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return bufferOf(value);
  if (typeof value !== 'object' || value === null) return value;
  if ('$cryptoKey' in value) return cryptoKeyFromWire(value);
  if (!('publicKey' in value && 'privateKey' in value)) return value;
  return { publicKey: arrivedOf(value.publicKey), privateKey: arrivedOf(value.privateKey) };
}

async function native(method: string, ...args: readonly unknown[]): Promise<unknown> {
  try {
    return arrivedOf(await callSubtle(method, ...args));
  } catch (error) {
    const { name, message } = error as Error;
    throw DOM_NAMES.test(name) ? new DOMException(message, name) : error;
  }
}

const isBytes = (value: unknown): boolean => ArrayBuffer.isView(value) || value instanceof ArrayBuffer;
const wireOfKey = (key: unknown): WireCryptoKey | undefined =>
  key instanceof CryptoKey ? (wireOf(key) as WireCryptoKey | undefined) : undefined;
const may = (key: WireCryptoKey | undefined, usage: string): key is WireCryptoKey =>
  key?.usages.includes(usage) === true;

const QUICK_HASHES: readonly string[] = ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];
/** Node's name of a hash that is computed here, or undefined. */
function quickHash(algorithm: Algorithm | undefined): string | undefined {
  const name = nameOf(algorithm);
  return QUICK_HASHES.includes(name) ? name : undefined;
}

/** Keys that are only ever derived from, and may never be exported. */
const DERIVING: readonly string[] = ['PBKDF2', 'HKDF'];

/** No secret of a login is longer. */
const QUICK_KEY_BYTES_MAX = 1024;

/** The algorithm of a raw key that can be had without asking the host, or undefined: Node then says what is wrong. */
function quickKey(bytes: Uint8Array, algorithm: Algorithm, usage: string): object | undefined {
  const name = nameOf(algorithm);
  if (DERIVING.includes(name)) return usage === 'deriveBits' || usage === 'deriveKey' ? { name } : undefined;
  if (name !== 'HMAC' || typeof algorithm !== 'object' || algorithm.length !== undefined) return undefined;
  const hash = quickHash(algorithm.hash);
  const isUsual = usage === 'sign' || usage === 'verify';
  return hash !== undefined && isUsual ? { name, length: bytes.byteLength * 8, hash: { name: hash } } : undefined;
}

async function importKey(format: string, data: unknown, algorithm: Algorithm, ...rest: unknown[]): Promise<unknown> {
  const [extractable, usages] = rest as [boolean, readonly string[]];
  const isPlain = format === 'raw' && isBytes(data) && extractable === false && Array.isArray(usages);
  const bytes = isPlain && usages.length === 1 ? copyOf(toBytes(data)) : undefined;
  const isFit = bytes !== undefined && bytes.byteLength > 0 && bytes.byteLength <= QUICK_KEY_BYTES_MAX;
  const known = isFit ? quickKey(bytes, algorithm, usages[0] as string) : undefined;
  if (known === undefined) return native('importKey', format, data, algorithm, ...rest);
  const wire = { $cryptoKey: 'secret', bytes, algorithm: known, extractable, usages: [...usages] };
  return cryptoKeyFromWire(wire);
}

/** The HMAC key's hash when the key may be used so, otherwise undefined: Node then says what is wrong. */
function quickHmac(
  algorithm: Algorithm,
  key: unknown,
  usage: string,
): { hash: string; secret: Uint8Array } | undefined {
  const wire = wireOfKey(key);
  if (nameOf(algorithm) !== 'HMAC' || !may(wire, usage) || nameOf(wire.algorithm as Algorithm) !== 'HMAC') return;
  const hash = quickHash((wire.algorithm as { hash?: Algorithm }).hash);
  return hash === undefined ? undefined : { hash, secret: wire.bytes };
}

async function sign(algorithm: Algorithm, key: unknown, data: unknown): Promise<unknown> {
  const quick = isBytes(data) ? quickHmac(algorithm, key, 'sign') : undefined;
  if (quick === undefined) return native('sign', algorithm, key, data);
  return bufferOf(hmacOf(quick.hash, quick.secret, toBytes(data)));
}

async function verify(algorithm: Algorithm, key: unknown, ...[signature, data]: [unknown, unknown]): Promise<unknown> {
  const quick = isBytes(data) && isBytes(signature) ? quickHmac(algorithm, key, 'verify') : undefined;
  if (quick === undefined) return native('verify', algorithm, key, signature, data);
  const expected = hmacOf(quick.hash, quick.secret, toBytes(data));
  const given = toBytes(signature);
  return given.byteLength === expected.byteLength && timingSafeEqual(expected, given);
}

async function deriveBits(algorithm: Algorithm, key: unknown, bits: unknown): Promise<unknown> {
  const wire = wireOfKey(key);
  const options = typeof algorithm === 'object' ? algorithm : undefined;
  const hash = quickHash(options?.hash);
  const isPlain = nameOf(algorithm) === 'PBKDF2' && may(wire, 'deriveBits') && isBytes(options?.salt);
  if (!isPlain || hash === undefined || typeof bits !== 'number' || bits % 8 !== 0 || !(bits > 0)) {
    return native('deriveBits', algorithm, key, bits);
  }
  const digest = hash.toLowerCase().replace('-', '');
  return bufferOf(
    (await derivePbkdf2([wire.bytes, options?.salt, options?.iterations, bits / 8, digest])) as Uint8Array,
  );
}

async function digest(algorithm: Algorithm, data: unknown): Promise<unknown> {
  const hash = quickHash(algorithm);
  if (hash === undefined) return native('digest', algorithm, data);
  if (!isBytes(data)) throw invalidArgType('data', 'an instance of ArrayBuffer, Buffer, TypedArray, or DataView', data);
  return bufferOf(hashOf(hash, toBytes(data)));
}

const rest = ['encrypt', 'decrypt', 'generateKey', 'deriveKey', 'exportKey', 'wrapKey', 'unwrapKey'] as const;
const natives = Object.fromEntries(rest.map((name) => [name, (...args: unknown[]) => native(name, ...args)]));

export const subtle = { ...natives, digest, importKey, sign, verify, deriveBits };

export const webcrypto = { subtle, getRandomValues, randomUUID, CryptoKey };

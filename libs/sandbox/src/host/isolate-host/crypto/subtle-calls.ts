/** `webcrypto.subtle` for the guest. A CryptoKey crosses as what it can be imported from again. */
import { webcrypto } from 'node:crypto';
import { asBytes, asText } from '../arguments.ts';
import { QuotaExceeded } from '../limits.ts';
import { capPbkdf2 } from './crypto-calls.ts';
import { CRYPTO_LIMITS, capArguments, capNumber } from './crypto-limits.ts';
import { describeCryptoKey, fromGuest, toGuest } from './crypto-values.ts';

type CryptoKey = webcrypto.CryptoKey;
type Fields = Readonly<Record<string, unknown>>;
type Subtle = Record<string, (...args: unknown[]) => Promise<unknown>>;

const subtle = webcrypto.subtle as unknown as Subtle;
const METHODS = new Set(
  'encrypt decrypt sign verify digest generateKey deriveKey deriveBits importKey exportKey wrapKey unwrapKey'.split(
    ' ',
  ),
);
const DEPTH_MAX = 6;
const FORMATS = { secret: 'raw', private: 'pkcs8', public: 'spki' } as const;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Array.isArray(value);

/** Keys in the arguments, at any depth, are made again; what they may be used for was decided when they were imported. */
async function revive(value: unknown, depth = 0): Promise<unknown> {
  if (depth > DEPTH_MAX) throw new QuotaExceeded('What crypto is given is nested too deep');
  if (!isFields(value)) return fromGuest(value);
  const { $cryptoKey: type, bytes, algorithm, extractable, usages } = value;
  if (typeof type !== 'string') {
    const parts = Object.entries(value).map(async ([name, part]) => [name, await revive(part, depth + 1)]);
    return Object.fromEntries(await Promise.all(parts));
  }
  const format = FORMATS[type as keyof typeof FORMATS];
  capNumber(asBytes(bytes, 'key').byteLength, CRYPTO_LIMITS.keyBytes, 'A key size');
  return subtle.importKey?.(format, asBytes(bytes, 'key'), fromGuest(algorithm), extractable, usages);
}

function answerOf(value: unknown, extractable: boolean): unknown {
  if (value instanceof globalThis.CryptoKey) return describeCryptoKey(value, extractable);
  const { publicKey, privateKey } = (isFields(value) ? value : {}) as Record<string, CryptoKey>;
  if (publicKey === undefined || privateKey === undefined) return toGuest(value);
  return { publicKey: describeCryptoKey(publicKey, true), privateKey: describeCryptoKey(privateKey, extractable) };
}

/** Which argument says whether the new key may be exported. */
const EXTRACTABLE_AT: Readonly<Record<string, number>> = { generateKey: 1, importKey: 3, deriveKey: 3, unwrapKey: 5 };

/** Keys of these must not be exportable. */
const isDeriving = (algorithm: unknown): boolean =>
  /^(pbkdf2|hkdf)$/i.test(String(isFields(algorithm) ? algorithm.name : algorithm));

/** Only a key that may be exported can be handed to the guest, where the rest of its life is. */
function makeExtractable(given: unknown[], at: number): void {
  given[at] = true;
  const jwk = given[1];
  if (isFields(jwk) && given[0] === 'jwk') given[1] = { ...jwk, ext: true };
}

function capAlgorithm(value: unknown): void {
  if (!isFields(value)) return;
  capNumber(value.modulusLength, CRYPTO_LIMITS.generatedRsaBits, 'A modulus length');
  if (String(value.name).toUpperCase() === 'PBKDF2') capPbkdf2(value.iterations, undefined);
}

/** Calls a method of `subtle`. Rejects with what Node rejects with, or `QuotaExceeded`. */
export async function callSubtle(rawMethod: unknown, args: readonly unknown[]): Promise<unknown> {
  const method = asText(rawMethod, 'method', 16);
  if (!METHODS.has(method)) throw new TypeError('There is no such method of subtle');
  capArguments(args);
  for (const arg of args) capAlgorithm(arg);
  if (method === 'deriveBits') capNumber(args[2], 8 * 1024 * 1024, 'A number of derived bits');
  const given = await Promise.all(args.map((arg) => revive(arg)));
  const at = EXTRACTABLE_AT[method] ?? -1;
  const extractable = given[at] !== false;
  if (!extractable && !isDeriving(given[2])) makeExtractable(given, at);
  return answerOf(await subtle[method]?.(...given), extractable);
}

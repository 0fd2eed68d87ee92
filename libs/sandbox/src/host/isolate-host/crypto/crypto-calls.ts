/** The functions of `crypto` that the guest may call in the host, each with what bounds its cost. */
import crypto, { type KeyObject, type webcrypto } from 'node:crypto';
import { LIMITS } from '../limits.ts';
import { askCertificate, readCertificate } from './certificate-calls.ts';
import { CRYPTO_LIMITS, capArguments, capDerivedKey, capNumber } from './crypto-limits.ts';
import { capKey, describeCryptoKey, fromGuest, toGuest } from './crypto-values.ts';

type Args = readonly unknown[];
type Call = (...args: never[]) => unknown;
type Entry = { readonly cap?: (args: Args) => void; readonly call: Call };

const optionsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

export function capPbkdf2(iterations: unknown, length: unknown): void {
  capNumber(iterations, LIMITS.pbkdf2Iterations, 'A pbkdf2 iteration count');
  capDerivedKey(length);
}

function capScrypt(args: Args): void {
  const options = optionsOf(args[3]);
  const number = (short: string, long: string, otherwise: number): number => {
    const value = options[long] ?? options[short];
    return typeof value === 'number' ? value : otherwise;
  };
  const [cost, blockSize] = [number('N', 'cost', 16384), number('r', 'blockSize', 8)];
  capNumber(128 * cost * blockSize, LIMITS.scryptMemoryBytes, 'A scrypt memory need');
  capNumber(cost * blockSize * number('p', 'parallelization', 1), CRYPTO_LIMITS.scryptWork, 'A scrypt cost');
  capDerivedKey(args[2]);
}

function capArgon2(args: Args): void {
  const { memory, passes, parallelism, tagLength } = optionsOf(args[1]);
  if (typeof memory === 'number') {
    capNumber(memory * 1024, LIMITS.scryptMemoryBytes, 'An argon2 memory need');
    capNumber(memory * (typeof passes === 'number' ? passes : 1), CRYPTO_LIMITS.argon2Work, 'An argon2 cost');
  }
  capNumber(parallelism, CRYPTO_LIMITS.argon2Lanes, 'An argon2 parallelism');
  capDerivedKey(tagLength);
}

function capKeyPair(args: Args): void {
  const { modulusLength, primeLength, prime } = optionsOf(args[1]);
  capNumber(modulusLength, CRYPTO_LIMITS.generatedRsaBits, 'A modulus length');
  capNumber(primeLength, CRYPTO_LIMITS.generatedPrimeBits, 'A prime length');
  if (ArrayBuffer.isView(prime)) capNumber(prime.byteLength, CRYPTO_LIMITS.dhPrimeBytes, 'The size of a prime');
}

const capPrime = (args: Args): void => {
  const { byteLength } = optionsOf(args[0]);
  capNumber(args[0], CRYPTO_LIMITS.generatedPrimeBits, 'A prime length');
  capNumber(byteLength, CRYPTO_LIMITS.dhPrimeBytes, 'The size of a prime');
  capNumber(optionsOf(args[1]).checks, 256, 'A number of checks');
};

/** `Sign` and `Verify` gather their data in the guest: one call does it all. */
function signAll(algorithm: string, data: Buffer, key: never): Buffer {
  return crypto.createSign(algorithm).update(data).sign(key);
}
function verifyAll(algorithm: string, data: Buffer, ...[key, signature]: [never, Buffer]): boolean {
  return crypto.createVerify(algorithm).update(data).verify(key, signature);
}
function digestAll(algorithm: string, data: Buffer, options: { outputLength?: number }): Buffer {
  capNumber(options.outputLength, LIMITS.derivedKeyBytes, 'A digest length');
  return crypto.createHash(algorithm, options).update(data).digest();
}

function hmacAll(algorithm: string, key: Buffer, data: Buffer): Buffer {
  return crypto.createHmac(algorithm, key).update(data).digest();
}

/** The key as the guest keeps it: with its material, whether or not scripts may export that. */
function toCryptoKey(key: KeyObject, ...[algorithm, extractable, usages]: [never, boolean, never]): unknown {
  const made = key.toCryptoKey(algorithm, extractable, usages) as webcrypto.CryptoKey;
  return describeCryptoKey(made, made.extractable);
}

const plain = (name: string): readonly [string, Entry] => [
  name,
  { call: (...args: never[]) => (crypto as unknown as Record<string, Call>)[name]?.(...args) },
];
const capped = (name: string, cap: (args: Args) => void): readonly [string, Entry] => [
  name,
  { ...plain(name)[1], cap },
];

const PLAIN = [
  ...['publicEncrypt', 'privateDecrypt', 'privateEncrypt', 'publicDecrypt', 'sign', 'verify', 'diffieHellman'],
  ...['createPublicKey', 'createPrivateKey', 'getCipherInfo', 'getCiphers', 'getCurves', 'getHashes'],
].map(plain);

const CALLS: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  ...PLAIN,
  capped('hkdfSync', (args) => capDerivedKey(args[4])),
  capped('pbkdf2Sync', (args) => capPbkdf2(args[2], args[3])),
  capped('scryptSync', capScrypt),
  capped('argon2Sync', capArgon2),
  capped('generateKeyPairSync', capKeyPair),
  capped('generatePrimeSync', capPrime),
  capped('checkPrimeSync', capPrime),
  ['signAll', { call: signAll as Call }],
  ['verifyAll', { call: verifyAll as Call }],
  ['digestAll', { call: digestAll as Call }],
  ['hmacAll', { call: hmacAll as Call }],
  ['assertSignatureDigest', { call: ((name: string) => void crypto.createSign(name)) as Call }],
  ['exportKey', { call: ((key: KeyObject, options: never) => capKey(key).export(options)) as Call }],
  ['convertKey', { call: crypto.ECDH.convertKey as Call }],
  ['toCryptoKey', { call: toCryptoKey as Call }],
  ['readCertificate', { call: readCertificate }],
  ['askCertificate', { call: askCertificate }],
  ['verifySpkac', { call: crypto.Certificate.verifySpkac as Call }],
  ['exportChallenge', { call: crypto.Certificate.exportChallenge as Call }],
  ['exportPublicKey', { call: crypto.Certificate.exportPublicKey as Call }],
]);

/** Those that also run in the thread pool, by the name of the asynchronous form. */
const LATER: ReadonlyMap<string, string> = new Map(
  ['pbkdf2', 'scrypt', 'argon2', 'hkdf', 'generateKeyPair', 'generatePrime', 'checkPrime'].map((name) => [
    name,
    `${name}Sync`,
  ]),
)
  .set('sign', 'sign')
  .set('verify', 'verify');

function prepare(name: string, args: Args): { readonly entry: Entry; readonly given: unknown[] } {
  const entry = CALLS.get(name);
  if (entry === undefined) throw new TypeError('There is no such function of crypto');
  capArguments(args);
  entry.cap?.(args);
  return { entry, given: args.map((arg) => fromGuest(arg)) };
}

/** Calls a function at once. Throws what Node throws, or `QuotaExceeded`. */
export function callCrypto(name: string, args: Args): unknown {
  const { entry, given } = prepare(name, args);
  return toGuest(entry.call(...(given as never[])));
}

/** Starts a call in the thread pool; `done` gets an error or all values that Node's callback gets. */
export function startCrypto(name: string, args: Args, done: (error: unknown, values?: unknown[]) => void): void {
  const { given } = prepare(LATER.get(name) ?? '', args);
  const start = (crypto as unknown as Record<string, Call>)[name] as (...all: unknown[]) => void;
  start(...given, (error: unknown, ...values: unknown[]) => done(error, values.map(toGuest)));
}

/**
 * How values of `crypto` cross. Bytes are copied; a key crosses as what it can be made again from, so that the host
 * keeps no keys: `{ $key: 'private', bytes }` in PKCS#8, `'public'` in SPKI, `'secret'` as it is.
 */
import { createPrivateKey, createPublicKey, createSecretKey, KeyObject, type webcrypto } from 'node:crypto';
import { asBytes, forGuest } from '../arguments.ts';
import { QuotaExceeded } from '../limits.ts';
import { CRYPTO_LIMITS, capNumber } from './crypto-limits.ts';

type Fields = Readonly<Record<string, unknown>>;
const DEPTH_MAX = 6;

const isPlain = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer);

function keyFrom({ $key: type, bytes: raw }: Fields): KeyObject {
  const bytes = asBytes(raw, 'key');
  if (type === 'secret') return createSecretKey(bytes);
  capNumber(bytes.byteLength, CRYPTO_LIMITS.keyBytes, 'A key size');
  if (type === 'private') return createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
  return createPublicKey({ key: bytes, format: 'der', type: 'spki' });
}

/** Throws `QuotaExceeded` for keys that would make every use of them too dear. */
export function capKey(key: KeyObject): KeyObject {
  capNumber(key.asymmetricKeyDetails?.modulusLength, CRYPTO_LIMITS.rsaModulusBits, 'A modulus length');
  return key;
}

/** A value of the guest as Node takes it. */
export function fromGuest(value: unknown, depth = 0): unknown {
  if (depth > DEPTH_MAX) throw new QuotaExceeded('What crypto is given is nested too deep');
  if (ArrayBuffer.isView(value)) return asBytes(value, 'bytes');
  if (Array.isArray(value)) return value.map((item) => fromGuest(item, depth + 1));
  if (!isPlain(value)) return value;
  if (typeof value.$key === 'string') return capKey(keyFrom(value));
  const entries = Object.entries(value).map(([name, part]) => [name, fromGuest(part, depth + 1)]);
  return Object.fromEntries(entries);
}

/** A key as the guest keeps it. */
function describeKey(key: KeyObject): Fields {
  capKey(key);
  const { type } = key;
  if (type === 'secret') return { $key: type, bytes: forGuest(key.export()) };
  const bytes = key.export({ format: 'der', type: type === 'private' ? 'pkcs8' : 'spki' } as never) as Buffer;
  const { asymmetricKeyType, asymmetricKeyDetails } = key;
  return { $key: type, bytes: forGuest(bytes), asymmetricKeyType, asymmetricKeyDetails: { ...asymmetricKeyDetails } };
}

/** The key's material, whether or not scripts may export it: the guest keeps it and minds that itself. */
export function describeCryptoKey(key: webcrypto.CryptoKey, extractable: boolean): Fields {
  const object = KeyObject.from(key);
  const type = object.type === 'private' ? 'pkcs8' : 'spki';
  const bytes = object.type === 'secret' ? object.export() : object.export({ format: 'der', type } as never);
  const { algorithm, usages } = key;
  return {
    $cryptoKey: key.type,
    bytes: toGuest(bytes),
    algorithm: toGuest({ ...algorithm }),
    extractable: key.type === 'public' || extractable,
    usages: [...usages],
  };
}

/** What Node returned, as the guest takes it. */
export function toGuest(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return forGuest(value);
  if (value instanceof ArrayBuffer) return new Uint8Array(value.slice(0));
  if (value instanceof KeyObject) return describeKey(value);
  if (Array.isArray(value)) return value.map(toGuest);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, toGuest(part)]));
}

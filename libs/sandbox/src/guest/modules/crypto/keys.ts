/** `KeyObject` and what makes one. A key's material lies in the guest; each use of it crosses with the material. */
import { alsoLeadsTo } from '../../integrity/inner-parts.ts';
import { Buffer } from '../buffer.ts';
import { invalidArgType, invalidArgValue, nodeError } from '../node-errors.ts';
import { toBytes } from './bytes.ts';
import { type CryptoKey, cryptoKeyFromWire } from './crypto-key.ts';
import { callNative, crossAs, type WireKey, wireOf } from './native.ts';

type ExportOptions = { readonly format?: string; readonly [option: string]: unknown };

const IN_THIS_FILE = Symbol('made by the functions of this file');

export class KeyObject {
  readonly #wire: WireKey;
  constructor(wire: unknown, allowed?: unknown) {
    if (allowed !== IN_THIS_FILE) {
      if (wire !== 'secret' && wire !== 'public' && wire !== 'private') throw invalidArgValue('type', wire);
      throw invalidArgType('handle', 'of type object', allowed);
    }
    this.#wire = wire as WireKey;
    crossAs(this, { $key: this.#wire.$key, bytes: this.#wire.bytes });
  }
  static wireOf(key: KeyObject): WireKey {
    return key.#wire;
  }
  static from(key: unknown): KeyObject {
    const wire = typeof key === 'object' && key !== null ? (wireOf(key) as Record<string, unknown>) : undefined;
    if (typeof wire?.$cryptoKey !== 'string') throw invalidArgType('key', 'an instance of CryptoKey', key);
    return keyFromMaterial(wire.$cryptoKey, wire.bytes as Uint8Array);
  }
  get type(): string {
    return this.#wire.$key;
  }
  get symmetricKeySize(): number | undefined {
    return this.type === 'secret' ? this.#wire.bytes.byteLength : undefined;
  }
  get asymmetricKeyType(): unknown {
    return this.#wire.asymmetricKeyType;
  }
  get asymmetricKeyDetails(): unknown {
    return this.type === 'secret' ? undefined : { ...(this.#wire.asymmetricKeyDetails as object) };
  }
  equals(other: unknown): boolean {
    if (!(other instanceof KeyObject)) throw invalidArgType('otherKeyObject', 'an instance of KeyObject', other);
    return this.type === other.type && Buffer.compare(this.#wire.bytes, other.#wire.bytes) === 0;
  }
  export(options?: ExportOptions): unknown {
    if (this.type === 'secret' && (options === undefined || options.format !== 'jwk')) {
      return Buffer.from(this.#wire.bytes);
    }
    return callNative('exportKey', this, options);
  }
  toCryptoKey(...args: unknown[]): CryptoKey {
    return cryptoKeyFromWire(callNative('toCryptoKey', this, ...args.slice(0, 3)));
  }
  get [Symbol.toStringTag](): string {
    return 'KeyObject';
  }
}

class SecretKeyObject extends KeyObject {}
class AsymmetricKeyObject extends KeyObject {}
class PublicKeyObject extends AsymmetricKeyObject {}
class PrivateKeyObject extends AsymmetricKeyObject {}
alsoLeadsTo(KeyObject, () => [SecretKeyObject, PublicKeyObject, PrivateKeyObject]);

/** A key object from how it crossed. */
export function keyFromWire(wire: WireKey): KeyObject {
  if (wire.$key === 'secret') return new SecretKeyObject(wire, IN_THIS_FILE);
  return new (wire.$key === 'public' ? PublicKeyObject : PrivateKeyObject)(wire, IN_THIS_FILE);
}

/** A key object from bytes: PKCS#8 of a private key, SPKI of a public one, a secret's own. */
export function keyFromMaterial(type: string, bytes: Uint8Array): KeyObject {
  if (type === 'secret') return keyFromWire({ $key: type, bytes });
  const make = type === 'private' ? createPrivateKey : createPublicKey;
  return make({ key: bytes, format: 'der', type: type === 'private' ? 'pkcs8' : 'spki' });
}

export const createPublicKey = (key: unknown): KeyObject => keyFromWire(callNative('createPublicKey', key) as WireKey);
export const createPrivateKey = (key: unknown): KeyObject =>
  keyFromWire(callNative('createPrivateKey', key) as WireKey);

export function createSecretKey(key: unknown, encoding?: string): KeyObject {
  if (typeof key !== 'string' && !ArrayBuffer.isView(key) && !(key instanceof ArrayBuffer)) {
    throw invalidArgType('key', 'an instance of ArrayBuffer, Buffer, TypedArray, or DataView', key);
  }
  return keyFromWire({ $key: 'secret', bytes: new Uint8Array(toBytes(key, encoding)) });
}

/** The bytes of what Node takes for a secret: text, bytes or a secret key object. */
export function secretBytes(key: unknown, encoding?: string): Uint8Array {
  if (!(key instanceof KeyObject)) {
    if (typeof key !== 'string' && !ArrayBuffer.isView(key) && !(key instanceof ArrayBuffer)) {
      const kinds =
        'of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, KeyObject, or CryptoKey';
      throw invalidArgType('key', kinds, key);
    }
    return toBytes(key, encoding, 'key');
  }
  if (key.type === 'secret') return KeyObject.wireOf(key).bytes;
  const message = `Invalid key object type ${key.type}, expected secret.`;
  throw nodeError(TypeError, 'ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE', message);
}

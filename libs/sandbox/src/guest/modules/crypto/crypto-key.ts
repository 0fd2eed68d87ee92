/** `CryptoKey`: a key of `webcrypto`, with its material in the guest. */
import { crossAs } from './native.ts';

export type WireCryptoKey = {
  readonly $cryptoKey: string;
  readonly bytes: Uint8Array;
  readonly algorithm: object;
  readonly extractable: boolean;
  readonly usages: readonly string[];
};

const IN_THIS_FILE = Symbol('made by the functions of this file');

export class CryptoKey {
  readonly #wire: WireCryptoKey;
  constructor(wire?: unknown, allowed?: unknown) {
    if (allowed !== IN_THIS_FILE) {
      throw Object.assign(new TypeError('Illegal constructor'), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
    }
    this.#wire = wire as WireCryptoKey;
    crossAs(this, this.#wire);
  }
  get type(): string {
    return this.#wire.$cryptoKey;
  }
  get algorithm(): object {
    return this.#wire.algorithm;
  }
  get extractable(): boolean {
    return this.#wire.extractable;
  }
  get usages(): readonly string[] {
    return this.#wire.usages;
  }
  get [Symbol.toStringTag](): string {
    return 'CryptoKey';
  }
}

/** A key of `webcrypto` from how it crossed. */
export const cryptoKeyFromWire = (wire: unknown): CryptoKey => new CryptoKey(wire, IN_THIS_FILE);

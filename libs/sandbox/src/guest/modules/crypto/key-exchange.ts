/** `createECDH`, `createDiffieHellman` and their kin: the objects lie in the host. */
import { output, toBytes } from './bytes.ts';
import { callNative, type NativeObject, openNative } from './native.ts';

const natives = new WeakMap<object, NativeObject>();

const call = (exchange: object, method: string, ...args: unknown[]): unknown =>
  (natives.get(exchange) as NativeObject).call(method, ...args);
const show = (value: unknown, encoding?: string): unknown =>
  value instanceof Uint8Array ? output(value, encoding) : value;
const given = (key: unknown, encoding?: string): unknown =>
  typeof key === 'string' ? toBytes(key, encoding, 'key') : key;

class Exchange {
  constructor(kind: string, args: readonly unknown[]) {
    natives.set(this, openNative(kind, ...args));
  }
  computeSecret(other: unknown, inputEncoding?: string, outputEncoding?: string): unknown {
    return show(call(this, 'computeSecret', given(other, inputEncoding)), outputEncoding);
  }
  getPrivateKey(encoding?: string): unknown {
    return show(call(this, 'getPrivateKey'), encoding);
  }
}

class PrimeExchange extends Exchange {
  readonly verifyError: number | undefined;
  constructor(kind: string, args: readonly unknown[]) {
    super(kind, args);
    this.verifyError = natives.get(this)?.verifyError;
  }
  generateKeys(encoding?: string): unknown {
    return show(call(this, 'generateKeys'), encoding);
  }
  getPrime(encoding?: string): unknown {
    return show(call(this, 'getPrime'), encoding);
  }
  getGenerator(encoding?: string): unknown {
    return show(call(this, 'getGenerator'), encoding);
  }
  getPublicKey(encoding?: string): unknown {
    return show(call(this, 'getPublicKey'), encoding);
  }
}

export class DiffieHellman extends PrimeExchange {
  constructor(size: unknown, ...rest: unknown[]) {
    const [encoding, ...more] = typeof size === 'string' ? rest : [undefined, ...rest];
    const values = more.map((value, at) => given(value, more[at + 1] as string | undefined));
    super('dh', [given(size, encoding as string | undefined), ...values.slice(0, 1)]);
  }
  setPublicKey(key: unknown, encoding?: string): this {
    call(this, 'setPublicKey', given(key, encoding));
    return this;
  }
  setPrivateKey(key: unknown, encoding?: string): this {
    call(this, 'setPrivateKey', given(key, encoding));
    return this;
  }
}

export class DiffieHellmanGroup extends PrimeExchange {
  constructor(name: unknown) {
    super('dhGroup', [name]);
  }
}

export class ECDH extends Exchange {
  constructor(curve: unknown) {
    super('ecdh', [curve]);
  }
  generateKeys(encoding?: string, format?: string): unknown {
    call(this, 'generateKeys');
    return this.getPublicKey(encoding, format);
  }
  getPublicKey(encoding?: string, format?: string): unknown {
    return show(call(this, 'getPublicKey', undefined, format), encoding);
  }
  setPrivateKey(key: unknown, encoding?: string): this {
    call(this, 'setPrivateKey', given(key, encoding));
    return this;
  }
  setPublicKey(key: unknown, encoding?: string): this {
    call(this, 'setPublicKey', given(key, encoding));
    return this;
  }
  static convertKey(key: unknown, curve: unknown, ...rest: unknown[]): unknown {
    const [inputEncoding, outputEncoding, format] = rest as [string?, string?, string?];
    const point = given(key, inputEncoding);
    return show(callNative('convertKey', point, curve, undefined, undefined, format), outputEncoding);
  }
}

export const createDiffieHellman = (...args: [unknown, ...unknown[]]): DiffieHellman => new DiffieHellman(...args);
export const createDiffieHellmanGroup = (name: unknown): DiffieHellmanGroup => new DiffieHellmanGroup(name);
export const createECDH = (curve: unknown): ECDH => new ECDH(curve);

/** Ciphers and key exchanges: objects with a state, kept for one run under numbers that the host gives. */
import crypto from 'node:crypto';
import { asInteger, asText } from '../arguments.ts';
import { QuotaExceeded } from '../limits.ts';
import { CRYPTO_LIMITS, capArguments, capNumber } from './crypto-limits.ts';
import { fromGuest, toGuest } from './crypto-values.ts';

type Methods = Readonly<Record<string, (...args: unknown[]) => unknown>>;
type Kind = { readonly open: (...args: never[]) => unknown; readonly methods: readonly string[] };

const CIPHER = ['update', 'final', 'setAAD', 'setAuthTag', 'getAuthTag', 'setAutoPadding'];
const EXCHANGE = ['generateKeys', 'computeSecret', 'getPrime', 'getGenerator', 'getPublicKey', 'getPrivateKey'];
const SETTERS = ['setPublicKey', 'setPrivateKey'];

function openDiffieHellman(prime: unknown, ...rest: unknown[]): unknown {
  const size = ArrayBuffer.isView(prime) ? prime.byteLength : Number(prime) / 8;
  const max = ArrayBuffer.isView(prime) ? CRYPTO_LIMITS.dhPrimeBytes : CRYPTO_LIMITS.generatedPrimeBits / 16;
  capNumber(size, max, 'The size of a prime');
  return (crypto.createDiffieHellman as (...args: unknown[]) => unknown)(prime, ...rest);
}

const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['cipher', { open: crypto.createCipheriv as Kind['open'], methods: CIPHER }],
  ['decipher', { open: crypto.createDecipheriv as Kind['open'], methods: CIPHER }],
  ['ecdh', { open: crypto.createECDH as Kind['open'], methods: [...EXCHANGE, ...SETTERS] }],
  ['dh', { open: openDiffieHellman as Kind['open'], methods: [...EXCHANGE, ...SETTERS] }],
  ['dhGroup', { open: crypto.getDiffieHellman as Kind['open'], methods: EXCHANGE }],
]);

export type CryptoObjects = {
  open(args: readonly unknown[]): unknown;
  call(args: readonly unknown[]): unknown;
  close(): void;
};

export function createCryptoObjects(): CryptoObjects {
  const objects = new Map<number, { readonly methods: Methods; readonly kind: Kind }>();
  let nextId = 1;
  return {
    open([name, ...args]) {
      const kind = KINDS.get(asText(name, 'kind', 16));
      if (kind === undefined) throw new TypeError('There is no such kind of object');
      if (objects.size >= CRYPTO_LIMITS.openObjects) {
        throw new QuotaExceeded(`A run may have ${CRYPTO_LIMITS.openObjects} ciphers and key exchanges open at once`);
      }
      capArguments(args);
      const methods = kind.open(...(args.map((arg) => fromGuest(arg)) as never[])) as Methods;
      const id = nextId++;
      objects.set(id, { methods, kind });
      return { id, verifyError: (methods as { verifyError?: unknown }).verifyError };
    },
    call([rawId, rawMethod, ...args]) {
      const object = objects.get(asInteger(rawId, 'id'));
      const method = asText(rawMethod, 'method', 32);
      if (method === 'close') return void objects.delete(rawId as number);
      if (!object?.kind.methods.includes(method)) throw new TypeError('There is no such method');
      capArguments(args);
      const result = object.methods[method]?.(...args.map((arg) => fromGuest(arg)));
      return result === object.methods ? undefined : toGuest(result);
    },
    close: () => objects.clear(),
  };
}

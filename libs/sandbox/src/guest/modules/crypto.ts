/** `crypto`, as Node 12 documents it and with what came since. */
import { callable } from './callable.ts';
import { Certificate } from './crypto/certificate.ts';
import {
  Cipheriv,
  createCipher,
  createCipheriv,
  createDecipher,
  createDecipheriv,
  Decipheriv,
} from './crypto/ciphers.ts';
import { constants } from './crypto/constants.ts';
import { createHash, createHmac, Hash, Hmac, hash, hashNames } from './crypto/hashes.ts';
import { argon2, argon2Sync, hkdf, hkdfSync, pbkdf2, pbkdf2Sync, scrypt, scryptSync } from './crypto/key-derivation.ts';
import {
  createDiffieHellman,
  createDiffieHellmanGroup,
  createECDH,
  DiffieHellman,
  DiffieHellmanGroup,
  ECDH,
} from './crypto/key-exchange.ts';
import * as keyPairs from './crypto/key-pairs.ts';
import { createPrivateKey, createPublicKey, createSecretKey, KeyObject } from './crypto/keys.ts';
import { callNative } from './crypto/native.ts';
import * as publicKeys from './crypto/public-encryption.ts';
import * as random from './crypto/random-values.ts';
import { subtle, webcrypto } from './crypto/subtle.ts';
import { timingSafeEqual } from './crypto/timing-safe-equal.ts';
import { X509Certificate } from './crypto/x509-certificate.ts';
import { notAvailable } from './node-errors.ts';

/** Node's own are functions, which old code calls without `new`. */
const classes = {
  Cipheriv: callable('Cipheriv', Cipheriv),
  Decipheriv: callable('Decipheriv', Decipheriv),
  DiffieHellman: callable('DiffieHellman', DiffieHellman),
  DiffieHellmanGroup: callable('DiffieHellmanGroup', DiffieHellmanGroup),
  ECDH: callable('ECDH', ECDH),
  Hash: callable('Hash', Hash),
  Hmac: callable('Hmac', Hmac),
};

export const crypto = {
  Certificate,
  ...classes,
  Cipher: classes.Cipheriv,
  Decipher: classes.Decipheriv,
  KeyObject,
  createCipher,
  createCipheriv,
  createDecipher,
  createDecipheriv,
  createDiffieHellman,
  createDiffieHellmanGroup,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  hash,
  getCiphers: () => callNative('getCiphers'),
  getCipherInfo: (...args: unknown[]) => callNative('getCipherInfo', ...args),
  getCurves: () => callNative('getCurves'),
  getDiffieHellman: createDiffieHellmanGroup,
  getHashes: hashNames,
  getFips: () => 0,
  setFips: notAvailable('crypto.setFips'),
  setEngine: notAvailable('crypto.setEngine'),
  X509Certificate,
  secureHeapUsed: () => ({ total: 0, used: 0, utilization: 0, min: 2 }),
  argon2,
  argon2Sync,
  hkdf,
  hkdfSync,
  pbkdf2,
  pbkdf2Sync,
  scrypt,
  scryptSync,
  ...keyPairs,
  ...publicKeys,
  ...random,
  timingSafeEqual,
  subtle,
  webcrypto,
  constants,
};

/** Names of old that Node keeps out of sight. */
for (const name of ['pseudoRandomBytes', 'prng', 'rng']) {
  Object.defineProperty(crypto, name, { value: random.randomBytes, writable: true, configurable: true });
}

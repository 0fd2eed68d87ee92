/** `crypto`, as Node 12 documents it and with what came since. */
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
import { hkdf, hkdfSync, pbkdf2, pbkdf2Sync, scrypt, scryptSync } from './crypto/key-derivation.ts';
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
import { notAvailable } from './node-errors.ts';

export const crypto = {
  Certificate,
  Cipher: Cipheriv,
  Cipheriv,
  Decipher: Decipheriv,
  Decipheriv,
  DiffieHellman,
  DiffieHellmanGroup,
  ECDH,
  Hash,
  Hmac,
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
  X509Certificate: notAvailable('crypto.X509Certificate'),
  secureHeapUsed: () => ({ total: 0, used: 0, utilization: 0, min: 2 }),
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

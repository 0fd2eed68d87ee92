import { output, toBytes } from './crypto/bytes.ts';
import { createHash, createHmac, Hash, Hmac, hashNames, hashOf } from './crypto/hashes.ts';
import { pbkdf2, pbkdf2Sync, scrypt, scryptSync } from './crypto/key-derivation.ts';
import {
  getRandomValues,
  randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID,
} from './crypto/random-values.ts';
import { subtle, webcrypto } from './crypto/subtle.ts';
import { timingSafeEqual } from './crypto/timing-safe-equal.ts';

export const crypto = {
  Hash,
  Hmac,
  createHash,
  createHmac,
  hash: (name: unknown, data: unknown, encoding = 'hex') => output(hashOf(name, toBytes(data)), encoding),
  getHashes: hashNames,
  getFips: () => 0,
  pbkdf2,
  pbkdf2Sync,
  scrypt,
  scryptSync,
  randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID,
  getRandomValues,
  timingSafeEqual,
  subtle,
  webcrypto,
  constants: {
    RSA_PKCS1_PADDING: 1,
    RSA_NO_PADDING: 3,
    RSA_PKCS1_OAEP_PADDING: 4,
    RSA_PKCS1_PSS_PADDING: 6,
  },
};

/** What proves a password in `caching_sha2_password`: a scramble, or the password itself under the server's key. */
import { constants, createHash, type KeyObject, privateDecrypt, timingSafeEqual } from 'node:crypto';

const sha256 = (...parts: readonly Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

const xor = (bytes: Buffer, mask: Buffer): Buffer =>
  Buffer.from(bytes.map((byte, index) => byte ^ (mask[index % mask.length] ?? 0)));

const areEqual = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);

/** Whether a scramble was made of this password and nonce. */
export const isRightScramble = (scramble: Buffer, password: string, nonce: Buffer): boolean => {
  const once = sha256(Buffer.from(password));
  return areEqual(scramble, xor(once, sha256(sha256(once), nonce)));
};

/** The password that was sent under the server's public key (RSA-OAEP, SHA-1); undefined where it is not one. */
export const decryptPassword = (encrypted: Buffer, key: KeyObject, nonce: Buffer): string | undefined => {
  try {
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    return readPassword(xor(privateDecrypt({ key, padding, oaepHash: 'sha1' }, encrypted), nonce));
  } catch {
    return undefined;
  }
};

/** A password as clients send it: with a zero byte behind it. */
export const readPassword = (bytes: Buffer): string => bytes.toString('utf8', 0, bytes.length - 1);

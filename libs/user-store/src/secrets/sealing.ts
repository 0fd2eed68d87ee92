import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { safeError } from '../store-failures.ts';

/** Keys of 32 bytes by their id. New values are sealed with the current one; the others still open old values. */
export type KeyRing = {
  readonly currentKeyId: string;
  readonly keys: ReadonlyMap<string, Uint8Array>;
};

/** Encryption at rest. `place` names the row and column, so that a value copied to another row does not open. */
export type Sealer = {
  /** Returns `v1:<key id>:<nonce>:<ciphertext and tag>`. */
  readonly seal: (text: string, place: string) => string;
  /** @throws Error that names the key id, never a value: unknown key, or a value that does not belong here. */
  readonly open: (sealed: string, place: string) => string;
};

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** How the id of a key reads. */
export const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

const boundTo = (keyId: string, place: string): Buffer => Buffer.from(`userferry:v1:${keyId}:${place}`);

const keyOf = (ring: KeyRing, keyId: string): Uint8Array => {
  const key = ring.keys.get(keyId);
  if (key !== undefined) return key;
  throw safeError(
    `there is no encryption key "${keyId}", with which a stored value was encrypted; the keys given are: ${[...ring.keys.keys()].join(', ')}`,
  );
};

const checkRing = (ring: KeyRing): void => {
  for (const [keyId, key] of ring.keys) {
    if (!KEY_ID.test(keyId)) throw safeError('an encryption key id may have letters, digits, _ and -, 32 at most');
    if (key.length !== KEY_BYTES) throw safeError(`the encryption key "${keyId}" must have ${KEY_BYTES} bytes`);
  }
  keyOf(ring, ring.currentKeyId);
};

const seal = (ring: KeyRing, text: string, place: string): string => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, keyOf(ring, ring.currentKeyId), nonce);
  cipher.setAAD(boundTo(ring.currentKeyId, place));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return ['v1', ring.currentKeyId, nonce.toString('base64url'), sealed.toString('base64url')].join(':');
};

const open = (ring: KeyRing, text: string, place: string): string => {
  const [version, keyId = '', nonce = '', body = ''] = text.split(':');
  if (version !== 'v1') throw safeError('a stored encrypted value has a form that this version does not know');
  const key = keyOf(ring, keyId);
  const sealed = Buffer.from(body, 'base64url');
  try {
    const options = { authTagLength: TAG_BYTES };
    const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(nonce, 'base64url'), options);
    decipher.setAAD(boundTo(keyId, place));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    throw safeError(`a stored value does not open with the encryption key "${keyId}": another key, or it was altered`);
  }
};

/**
 * AES-256-GCM with a nonce of its own for every value.
 * @throws Error when a key has not 32 bytes or the current key is not in the ring
 */
export const createSealer = (ring: KeyRing): Sealer => {
  checkRing(ring);
  return {
    seal: (text, place) => seal(ring, text, place),
    open: (sealed, place) => open(ring, sealed, place),
  };
};

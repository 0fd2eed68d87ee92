import { createHash, randomBytes } from 'node:crypto';

export const sha256 = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/** Six of 43 characters tell keys apart, and are no help to whoever would guess the rest. */
const PREFIX_LENGTH = 'ufk_'.length + 6;

/** A secret of 256 bits, and how it begins. */
export const makeSecret = (): { readonly secret: string; readonly prefix: string } => {
  const secret = `ufk_${randomBytes(32).toString('base64url')}`;
  return { secret, prefix: secret.slice(0, PREFIX_LENGTH) };
};

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Logger } from '@userferry/process';

/** Seals what a browser keeps for us: it can neither read nor change it, nor use it for another purpose. */
export type Sealer = {
  readonly seal: (purpose: string, value: object) => string;
  /** `undefined`: not sealed here, or not for this purpose. */
  readonly open: (purpose: string, text: string) => unknown;
};

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM under a key that is derived from the deployment's secret, which all replicas share. Without one the key is
 * made up: what it sealed is worth nothing after a restart, nor at another replica.
 */
export const createSealer = (secret: string | undefined, log: Logger): Sealer => {
  if (secret === undefined)
    log.info('USERFERRY_CONSOLE_SECRET is not set: sessions of the console end when this process does');
  const key = Buffer.from(hkdfSync('sha256', secret ?? randomBytes(32), '', 'userferry console', 32));
  return {
    seal: (purpose, value) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([cipher.update(JSON.stringify(value)), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open: (purpose, text) => {
      const bytes = Buffer.from(text, 'base64url');
      if (bytes.length <= NONCE_BYTES + TAG_BYTES) return undefined;
      const [nonce, tag] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)];
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(purpose))
        .setAuthTag(tag);
      try {
        const opened = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
        return JSON.parse(opened.toString('utf8'));
      } catch {
        return undefined;
      }
    },
  };
};

import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';

/** Headers that let whoever has the public key trust an answer, however it came to them. */
export type AnswerSigner = (path: string, body: string) => Readonly<Record<string, string>>;

/**
 * Signs answers with Ed25519 (RFC 8032): the time, the path with its query, and the body, with line breaks between, so
 * that neither an old list nor that of another region passes for this one.
 */
export const createAnswerSigner = (key: KeyObject, clock: () => Date = () => new Date()): AnswerSigner => {
  const id = keyId(key);
  return (path, body) => {
    const signedAt = clock().toISOString();
    const signature = sign(null, Buffer.from(`${signedAt}\n${path}\n${body}`), key).toString('base64');
    return { 'userferry-signed-at': signedAt, 'userferry-signature': signature, 'userferry-key-id': id };
  };
};

/** The first sixteen hex digits of the public key's SHA-256: `openssl pkey -pubin -outform DER | sha256sum`. */
const keyId = (key: KeyObject): string => {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex').slice(0, 16);
};

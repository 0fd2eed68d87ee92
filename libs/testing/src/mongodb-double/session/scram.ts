import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Mechanism } from '../double-options.ts';
import type { Account, Credential } from './credentials.ts';

/** The server's side of one SCRAM login (RFC 5802). */
export type ScramConversation = {
  readonly account: Account;
  /** The server's first message. */
  readonly first: string;
  /** The server's last message, or undefined where the proof is wrong. */
  readonly prove: (clientFinal: string) => string | undefined;
};

const readFields = (message: string): Map<string, string> =>
  new Map(message.split(',').map((field) => [field.slice(0, 1), field.slice(2)]));

/** Starts a login with the client's first message; undefined where there is no such user or no such mechanism. */
export const startScram = (
  clientFirst: string,
  mechanism: Mechanism,
  { accounts, database }: { accounts: readonly Account[]; database: string },
): ScramConversation | undefined => {
  const [, gs2, bare] = /^([ny],[^,]*,)(.*)$/s.exec(clientFirst) ?? [];
  if (gs2 === undefined || bare === undefined) return undefined;
  const fields = readFields(bare);
  const user = fields.get('n')?.replaceAll('=2C', ',').replaceAll('=3D', '=');
  const account = accounts.find((candidate) => candidate.user === user && candidate.database === database);
  if (!account?.mechanisms.includes(mechanism)) return undefined;
  const credential = account.credential(mechanism);
  const nonce = `${fields.get('r')}${randomBytes(24).toString('base64')}`;
  const first = `r=${nonce},s=${credential.salt.toString('base64')},i=${credential.iterations}`;
  const channel = Buffer.from(gs2).toString('base64');
  const prove = (clientFinal: string): string | undefined => {
    const [, withoutProof] = /^(.*),p=[^,]*$/s.exec(clientFinal) ?? [];
    const final = readFields(clientFinal);
    if (withoutProof === undefined || final.get('r') !== nonce || final.get('c') !== channel) return undefined;
    const proof = Buffer.from(final.get('p') ?? '', 'base64');
    return checkProof(credential, `${bare},${first},${withoutProof}`, proof);
  };
  return { account, first, prove };
};

const checkProof = ({ hash, storedKey, serverKey }: Credential, message: string, proof: Buffer): string | undefined => {
  const signature = createHmac(hash, storedKey).update(message).digest();
  const clientKey = signature.map((byte, at) => byte ^ (proof[at] ?? 0));
  const presented = createHash(hash).update(clientKey).digest();
  if (proof.length !== signature.length || !timingSafeEqual(presented, storedKey)) return undefined;
  return `v=${createHmac(hash, serverKey).update(message).digest('base64')}`;
};

import { decodeJwt } from 'jose';
import { isToken } from '../../access/token/verify-token.ts';

/** When a token ends that was found good, in epoch milliseconds; `undefined` of a key. */
export const tokenEnd = (credential: string): number | undefined => {
  const seconds = isToken(credential) ? decodeJwt(credential).exp : undefined;
  return seconds === undefined ? undefined : seconds * 1_000;
};

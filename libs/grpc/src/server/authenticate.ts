import { hash, timingSafeEqual } from 'node:crypto';
import type { Metadata } from '@grpc/grpc-js';
import { ServiceError } from '@userferry/errors';
import type { Caller } from '../call-facts.ts';

/** Says who calls, from the call's metadata. Throws UNAUTHENTICATED. */
export type Authenticate = (metadata: Metadata) => Promise<Caller>;

/**
 * The token in `authorization: Bearer …`, of `lengthMax` characters at the most.
 * @throws ServiceError UNAUTHENTICATED when there is none
 */
export const bearerToken = (metadata: Metadata, lengthMax = 512): string => {
  const header = String(metadata.get('authorization')[0] ?? '');
  const token = /^Bearer +([\x21-\x7e]+)$/i.exec(header)?.[1];
  if (token === undefined || token.length > lengthMax)
    throw new ServiceError('UNAUTHENTICATED', 'no key: send the header "authorization: Bearer <key>"');
  return token;
};

/** For services that only our own services call: tokens that all of them share, each compared in constant time. */
export const serviceTokenAuthenticate = (serviceTokens: readonly string[]): Authenticate => {
  const taken = serviceTokens.map(sha256);
  return async (metadata) => {
    const shown = sha256(bearerToken(metadata));
    if (taken.some((token) => timingSafeEqual(shown, token)))
      return { role: 'service', userPoolIds: ['*'], scopes: [], id: 'service' };
    throw new ServiceError('UNAUTHENTICATED', 'the service token is not the one of this deployment');
  };
};

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');

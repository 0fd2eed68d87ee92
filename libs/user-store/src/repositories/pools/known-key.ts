import { ServiceError } from '@userferry/errors';
import type { ApiKeyRow } from '../../entities/pool-entities.ts';

/** What is known of a key but its secrets. `userPoolId` is `*` for operators; without `scopes` it may all that its role may. */
export type ApiKey = Readonly<Omit<ApiKeyRow, 'secretSha256' | 'previousSha256' | 'givenSha256' | 'revokedAt'>>;

/** A key, and its secret for the one time that it is known. */
export type KeyWithSecret = { readonly apiKey: ApiKey; readonly secret: string };

export const known = ({
  secretSha256: _,
  previousSha256: __,
  givenSha256: ___,
  revokedAt: ____,
  ...key
}: ApiKeyRow): ApiKey => key;

export const keyNotFound = (): ServiceError =>
  new ServiceError('API_KEY_NOT_FOUND', 'this user pool has no API key with this id');

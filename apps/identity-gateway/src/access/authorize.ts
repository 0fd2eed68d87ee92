import { ServiceError } from '@userferry/errors';
import type { Caller } from '@userferry/grpc';

/**
 * What a call is about: identity calls are the edge's, management calls a pool administrator's, and calls about users
 * both may make.
 */
export type Area = 'identity' | 'users' | 'management';

const AREA_ROLES: Readonly<Record<Area, readonly Caller['role'][]>> = {
  identity: ['edge'],
  users: ['edge', 'admin'],
  management: ['admin'],
};

/** As ids are; what a database would stumble over is nobody's id. */
const ID_FORM = /^[\x21-\x7e]+$/;

const poolNotFound = () => new ServiceError('USER_POOL_NOT_FOUND', 'no user pool has that id');

/**
 * Lets operators through to every pool, and others to their own pool in their own area. A foreign pool is answered as
 * one that does not exist.
 * @throws ServiceError USER_POOL_NOT_FOUND or PERMISSION_DENIED
 */
export const authorizePool = (caller: Caller, area: Area, userPoolId: string): void => {
  if (userPoolId === '' || userPoolId.length > 128)
    throw new ServiceError('INVALID_ARGUMENT', 'user_pool_id is missing', { metadata: { field: 'user_pool_id' } });
  if (!ID_FORM.test(userPoolId)) throw poolNotFound();
  if (caller.role === 'operator') return;
  if (caller.userPoolId !== userPoolId) throw poolNotFound();
  const roles = AREA_ROLES[area];
  if (!roles.includes(caller.role))
    throw new ServiceError('PERMISSION_DENIED', `this call takes a key of role ${[...roles, 'operator'].join(' or ')}`);
};

/** @throws ServiceError PERMISSION_DENIED */
export const authorizeOperator = (caller: Caller): void => {
  if (caller.role !== 'operator') throw new ServiceError('PERMISSION_DENIED', 'this call takes a key of role operator');
};

import { ServiceError } from '@userferry/errors';
import type { Caller } from '@userferry/grpc';
import type { CallRule } from './calls.ts';

/** As ids are; what a database would stumble over is nobody's id. */
const ID_FORM = /^[\x21-\x7e]+$/;

/** What stands for all pools, where operators' keys belong. */
const EVERY_POOL = '*';

const poolNotFound = () => new ServiceError('USER_POOL_NOT_FOUND', 'no user pool has that id');

/**
 * Lets operators through to every pool, and others to their own pools for calls of their role, each for what it has the
 * scope for. A foreign pool is answered as one that does not exist; `*` and calls without a pool are for operators.
 * @throws ServiceError INVALID_ARGUMENT, USER_POOL_NOT_FOUND, PERMISSION_DENIED or SCOPE_MISSING
 */
export const authorize = (caller: Caller, rule: CallRule, userPoolId = ''): void => {
  if (rule.roles.length === 0 || (rule.ofOperators && userPoolId === EVERY_POOL)) requireOperator(caller);
  else if (rule.ofOwnPools) requireRole(caller, rule);
  else requirePool(caller, rule, userPoolId);
  if (caller.scopes.includes(rule.scope)) return;
  throw new ServiceError('SCOPE_MISSING', `this call takes the scope ${rule.scope}, which the caller does not have`, {
    metadata: { scope: rule.scope },
  });
};

const requireOperator = ({ role }: Caller): void => {
  if (role !== 'operator') throw new ServiceError('PERMISSION_DENIED', 'this call takes a key of role operator');
};

const requirePool = (caller: Caller, { roles }: CallRule, userPoolId: string): void => {
  if (userPoolId === '' || userPoolId.length > 128)
    throw new ServiceError('INVALID_ARGUMENT', 'user_pool_id is missing', { metadata: { field: 'user_pool_id' } });
  if (!ID_FORM.test(userPoolId)) throw poolNotFound();
  if (caller.role === 'operator') return;
  if (!caller.userPoolIds.includes(userPoolId)) throw poolNotFound();
  requireRole(caller, { roles });
};

const requireRole = ({ role }: Caller, { roles }: Pick<CallRule, 'roles'>): void => {
  if (role !== 'operator' && !roles.some((one) => one === role))
    throw new ServiceError('PERMISSION_DENIED', `this call takes a key of role ${[...roles, 'operator'].join(' or ')}`);
};

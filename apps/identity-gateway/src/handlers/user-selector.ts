import type { UserSelector as WireSelector } from '@userferry/contracts/identity/v1/identity_service';
import type { UserRef } from '@userferry/contracts/identity/v1/user';
import { externalIdProblem, identifierProblem } from '@userferry/user-model';
import type { UserSelector } from '../users/user-selector.ts';
import { invalidField } from './fields.ts';

const MISSING = 'is missing: set ref, email, username or phone';

/** Who is meant. Throws INVALID_ARGUMENT naming the field, never its value. */
export const toUserSelector = (wire: WireSelector | undefined): UserSelector => {
  const selector = wire?.selector;
  if (selector === undefined) throw invalidField('user', MISSING);
  if (selector.$case === 'ref') return toReference(selector.value);
  const typed = { kind: selector.$case, value: selector.value };
  const problem = identifierProblem(typed);
  if (problem !== undefined) throw invalidField(`user.${typed.kind}`, problem);
  return typed;
};

/** A legacy id keeps the type in which it was sent. */
const toReference = ({ ref }: UserRef): UserSelector => {
  if (ref === undefined) throw invalidField('user', MISSING);
  if (ref.$case === 'userId') {
    if (!/^[\x21-\x7e]{1,128}$/.test(ref.value)) throw invalidField('user.ref.user_id', 'is not an id');
    return { kind: 'user_id', value: ref.value };
  }
  const problem = externalIdProblem(ref.value);
  if (problem !== undefined) throw invalidField('user.ref.external_id', problem);
  return { kind: 'external_id', value: ref.value };
};

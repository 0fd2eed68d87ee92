import type { UserSelector as WireSelector } from '@userferry/contracts/identity/v1/identity_service';
import { type ExternalId, externalIdProblem } from '@userferry/user-model';
import type { UserSelector } from '@userferry/user-store';
import { identifierOf, invalidField } from './fields.ts';

const externalIdOf = (value: ExternalId): UserSelector => {
  const problem = externalIdProblem(value);
  if (problem !== undefined) throw invalidField('user.ref.external_id', problem);
  return { externalId: value };
};

/** Who is meant; an id keeps the type in which it was sent. Throws INVALID_ARGUMENT. */
export const selectorOf = (wire: WireSelector | undefined): UserSelector => {
  const selector = wire?.selector;
  if (selector === undefined) throw invalidField('user', 'is missing');
  if (selector.$case !== 'ref') return identifierOf({ identifier: selector });
  const { ref } = selector.value;
  if (ref === undefined) throw invalidField('user.ref', 'is missing');
  return ref.$case === 'userId' ? { userId: ref.value } : externalIdOf(ref.value);
};

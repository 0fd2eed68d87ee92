import type { UserSelector as WireSelector } from '@userferry/contracts/identity/v1/identity_service';
import type { UserSelector } from '@userferry/user-store';
import { externalIdOf, identifierOf, invalidField } from './fields.ts';

/** Who is meant; an id keeps the type in which it was sent. Throws INVALID_ARGUMENT. */
export const selectorOf = (wire: WireSelector | undefined): UserSelector => {
  const selector = wire?.selector;
  if (selector === undefined) throw invalidField('user', 'is missing');
  if (selector.$case !== 'ref') return identifierOf({ identifier: selector });
  const { ref } = selector.value;
  if (ref === undefined) throw invalidField('user.ref', 'is missing');
  return ref.$case === 'userId'
    ? { userId: ref.value }
    : { externalId: externalIdOf('user.ref.external_id', ref.value) };
};

import type { UserSelector } from '@userferry/contracts/identity/v1/identity_service';
import { byLegacyId, byOurId, type How, type Outcome } from '../../legacy/caller.ts';
import type { EdgeDeed } from '../deed.ts';
import type { Who } from '../model/people.ts';
import type { Place } from './open-place.ts';

const selectorOf = ({ kind, value }: Who): UserSelector => {
  if (kind === 'legacy id') return byLegacyId(value);
  return kind === 'our id' ? byOurId(value) : { selector: { $case: kind, value } };
};

const EVERYBODY = { page: 1, limit: 200 };

/** Makes a call as an edge does. */
export const doEdgeDeed = ({ caller }: Place, deed: EdgeDeed, how: How): Promise<Outcome> => {
  switch (deed.call) {
    case 'Login':
      return caller.login(selectorOf(deed.by), deed.password, how);
    case 'Register':
      return caller.register(deed.profile, deed.password, how);
    case 'GetUser':
      return caller.getUser(selectorOf(deed.who), how);
    case 'ListUsers':
      return caller.list(EVERYBODY, how);
    case 'UpdateUser': {
      const { who, updates, password } = deed;
      return caller.update(selectorOf(who), updates, { ...how, ...(password !== undefined && { password }) });
    }
    case 'DeleteUser':
      return caller.delete(selectorOf(deed.who), how);
    case 'ChangePassword':
      return caller.change(selectorOf(deed.who), { old: deed.old, new: deed.password }, how);
    case 'ResetPassword':
      return caller.reset(selectorOf(deed.who), deed.password, how);
  }
};

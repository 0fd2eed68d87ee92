import type { UserSelector } from '@userferry/contracts/identity/v1/identity_service';
import { byLegacyId, byOurId, type How, type Outcome } from '../../legacy/caller.ts';
import type { EdgeDeed } from '../deed.ts';
import type { Who } from '../model/people.ts';
import type { Place } from './open-place.ts';
import type { OurIds } from './our-ids.ts';

const selectorOf = ({ kind, value }: Who, ids: OurIds): UserSelector => {
  if (kind === 'legacy id') return byLegacyId(value);
  return kind === 'our id' ? byOurId(ids.userIdOf(value)) : { selector: { $case: kind, value } };
};

const EVERYBODY = { page: 1, limit: 200 };

/** Makes a call as an edge does. */
export const doEdgeDeed = ({ caller, ids }: Place, deed: EdgeDeed, how: How): Promise<Outcome> => {
  const named = (who: Who) => selectorOf(who, ids);
  switch (deed.call) {
    case 'Login':
      return caller.login(named(deed.by), deed.password, how);
    case 'Register':
      return caller.register(deed.profile, deed.password, how);
    case 'GetUser':
      return caller.getUser(named(deed.who), how);
    case 'ListUsers':
      return caller.list(EVERYBODY, how);
    case 'UpdateUser': {
      const { who, updates, password } = deed;
      return caller.update(named(who), updates, { ...how, ...(password !== undefined && { password }) });
    }
    case 'DeleteUser':
      return caller.delete(named(deed.who), how);
    case 'ChangePassword':
      return caller.change(named(deed.who), { old: deed.old, new: deed.password }, how);
    case 'ResetPassword':
      return caller.reset(named(deed.who), deed.password, how);
  }
};

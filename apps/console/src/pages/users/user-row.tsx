import type { User } from '@userferry/contracts/json-types';
import { Badge } from '../../components/badge.tsx';
import { ActionButton } from '../../components/button.tsx';
import { Time } from '../../components/time.tsx';
import { legacyId } from './legacy-id.ts';
import { STATE_WORDS } from './states.ts';

export const nameOf = ({ profile, userId, externalRef }: User): string =>
  profile?.email ?? profile?.username ?? profile?.phone ?? (userId || (legacyId(externalRef) ?? '–'));

export const UserRow = ({ user, onOpen }: { readonly user: User; readonly onOpen: () => void }) => {
  const { profile, migrationState, migratedAt } = user;
  const { name, tone } = STATE_WORDS[migrationState];
  return (
    <li className="row">
      <div className="row-facts">
        <p>
          <strong>{nameOf(user)}</strong> <Badge tone={tone}>{name}</Badge>{' '}
          {profile?.blocked && <Badge tone="bad">blocked</Badge>}
        </p>
        <p className="quiet small">
          {profile?.name ?? profile?.nickname}
          {migratedAt !== undefined && (
            <>
              {' '}
              · migrated <Time at={migratedAt} />
            </>
          )}
        </p>
      </div>
      <ActionButton kind="plain" small onPress={onOpen} label={`Details of ${nameOf(user)}`}>
        Details
      </ActionButton>
    </li>
  );
};

import type { User } from '@userferry/contracts/json-types';
import { Badge } from '../../components/badge.tsx';
import { ActionButton } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Time } from '../../components/time.tsx';
import { legacyId } from './legacy-id.ts';
import { profileRows } from './profile-rows.ts';
import { STATE_WORDS } from './states.ts';
import { nameOf } from './user-row.tsx';

/** What is known about a user; no password and no hash is ever shown. */
export const UserDetails = ({ user, onClose }: { readonly user: User; readonly onClose: () => void }) => (
  <Dialog title={nameOf(user)} isOpen onClose={onClose} wide>
    <UserFacts user={user} />
    {user.profile && (
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {profileRows(user.profile).map(({ name, value }) => (
            <tr key={name}>
              <th scope="row" className="mono">
                {name}
              </th>
              <td className="value">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
    <div className="actions actions-end">
      <ActionButton kind="plain" onPress={onClose}>
        Close
      </ActionButton>
    </div>
  </Dialog>
);

const UserFacts = ({
  user: { userId, externalRef, migrationState, migratedAt, createdAt },
}: {
  readonly user: User;
}) => (
  <dl className="facts">
    <dt>State</dt>
    <dd>
      <Badge tone={STATE_WORDS[migrationState].tone}>{STATE_WORDS[migrationState].name}</Badge>
    </dd>
    {userId !== '' && (
      <>
        <dt>Id</dt>
        <dd className="mono">{userId}</dd>
      </>
    )}
    {externalRef && (
      <>
        <dt>Legacy id</dt>
        <dd className="mono">{legacyId(externalRef)}</dd>
      </>
    )}
    {createdAt !== undefined && (
      <>
        <dt>Here since</dt>
        <dd>
          <Time at={createdAt} />
        </dd>
      </>
    )}
    {migratedAt !== undefined && (
      <>
        <dt>Migrated</dt>
        <dd>
          <Time at={migratedAt} />
        </dd>
      </>
    )}
  </dl>
);

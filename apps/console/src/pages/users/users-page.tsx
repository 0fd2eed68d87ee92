import type { MigrationState } from '@userferry/contracts/json-types';
import { useState } from 'react';
import { useCall } from '../../api/use-call.ts';
import { Loaded } from '../../components/page-state.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { TextField } from '../../components/text-field.tsx';
import { SEARCH_PAUSE_MS, useSettled } from '../../components/use-settled.ts';
import { useTitle } from '../../components/use-title.ts';
import type { PoolPageProps } from '../pool-page-props.ts';
import { useUsers } from './use-users.ts';
import { UserList } from './user-list.tsx';

const STATES: readonly { readonly id: MigrationState; readonly name: string }[] = [
  { id: 'MIGRATION_STATE_UNSPECIFIED', name: 'All users' },
  { id: 'MIGRATION_STATE_MIGRATED', name: 'Migrated' },
  { id: 'MIGRATION_STATE_LOCAL', name: 'Registered here' },
];

/** Who is here; in a custom user store, who the scripts say is there. */
export const UsersPage = ({ pool }: PoolPageProps) => {
  useTitle(`Users of ${pool.name}`);
  const { userPoolId } = pool;
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<MigrationState>('MIGRATION_STATE_UNSPECIFIED');
  const [page, setPage] = useState(1);
  const keyword = useSettled(search.trim(), SEARCH_PAUSE_MS);
  const isCustom = useIsCustom(userPoolId);
  const state = isCustom ? 'MIGRATION_STATE_UNSPECIFIED' : chosen;
  const [query, answer] = useUsers({ userPoolId, keyword, state, page });
  const choose = (wanted: MigrationState) => {
    setChosen(wanted);
    setPage(1);
  };
  return (
    <div className="stack-wide">
      <div>
        <h1>Users</h1>
        <p className="quiet">
          In lazy migration those who are stored here; in a custom user store those whom your scripts find.
        </p>
      </div>
      <search className="filters">
        <TextField label="Search" type="search" placeholder="E-mail, name, phone" value={search} onChange={setSearch} />
        {!isCustom && (
          <SelectField label="Show" value={state} options={STATES} onChange={choose} isDisabled={keyword !== ''} />
        )}
      </search>
      <Loaded query={query} what="the users">
        {() => <UserList {...{ answer, keyword, state, isCustom, page }} onPage={setPage} />}
      </Loaded>
    </div>
  );
};

/** Whether scripts say who there is: then nobody migrates, and there is nothing to filter by. */
const useIsCustom = (userPoolId: string): boolean => {
  const connection = useCall('ConnectionService', 'GetConnection', { userPoolId }).data?.connection;
  return connection?.enabled === true && connection.mode === 'CONNECTION_MODE_CUSTOM_USER_STORE';
};

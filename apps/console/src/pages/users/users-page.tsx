import type { MigrationState, User } from '@userferry/contracts/json-types';
import { useDeferredValue, useState } from 'react';
import { Empty, Loaded } from '../../components/page-state.tsx';
import { PageSteps } from '../../components/pager.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useTitle } from '../../components/use-title.ts';
import type { PoolPageProps } from '../pool-frame.tsx';
import { PAGE_SIZE, type UsersAnswer, useUsers } from './use-users.ts';
import { UserDetails } from './user-details.tsx';
import { UserRow } from './user-row.tsx';

const STATES: readonly { readonly id: MigrationState; readonly name: string }[] = [
  { id: 'MIGRATION_STATE_UNSPECIFIED', name: 'All users' },
  { id: 'MIGRATION_STATE_MIGRATED', name: 'Migrated' },
  { id: 'MIGRATION_STATE_LOCAL', name: 'Registered here' },
];

const NUMBER = new Intl.NumberFormat();

/** Who is here; in a custom user store, who the scripts say is there. */
export const UsersPage = ({ pool }: PoolPageProps) => {
  useTitle(`Users of ${pool.name}`);
  const { userPoolId } = pool;
  const [search, setSearch] = useState('');
  const [state, setState] = useState<MigrationState>('MIGRATION_STATE_UNSPECIFIED');
  const [page, setPage] = useState(1);
  const keyword = useDeferredValue(search.trim());
  const [query, answer] = useUsers({ userPoolId, keyword, state, page });
  const choose = (chosen: MigrationState) => {
    setState(chosen);
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
        <SelectField label="Show" value={state} options={STATES} onChange={choose} isDisabled={keyword !== ''} />
      </search>
      <Loaded query={query} what="the users">
        {() => <Users answer={answer} keyword={keyword} page={page} onPage={setPage} />}
      </Loaded>
    </div>
  );
};

type UsersProps = {
  readonly answer: UsersAnswer;
  readonly keyword: string;
  readonly page: number;
  readonly onPage: (page: number) => void;
};

const Users = ({ answer: { users, refusal }, keyword, page, onPage }: UsersProps) => {
  const [open, setOpen] = useState<User>();
  if (refusal !== undefined)
    return (
      <div className="note note-bad" role="alert">
        <p>
          <strong>{refusal.reason}.</strong> {refusal.message}
        </p>
      </div>
    );
  if (users === undefined || users.users.length === 0)
    return keyword === '' ? (
      <Empty title="Nobody is here yet">Users show up with their first successful login, or when they register.</Empty>
    ) : (
      <Empty title={`Nobody matches “${keyword}”`} />
    );
  const total = Number(users.totalCount);
  const last = Math.ceil(total / PAGE_SIZE);
  return (
    <section className="card" aria-label="Users">
      <p className="quiet small">{NUMBER.format(total)} in all</p>
      <ul className="rows">
        {users.users.map((user) => (
          <UserRow key={user.userId || JSON.stringify(user.externalRef)} user={user} onOpen={() => setOpen(user)} />
        ))}
      </ul>
      {keyword === '' && total > PAGE_SIZE && (
        <PageSteps
          place={`Page ${NUMBER.format(page)} of ${NUMBER.format(last)}`}
          back={page === 1 ? undefined : () => onPage(page - 1)}
          forward={page >= last ? undefined : () => onPage(page + 1)}
        />
      )}
      {open && <UserDetails user={open} onClose={() => setOpen(undefined)} />}
    </section>
  );
};

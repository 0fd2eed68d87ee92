import type { MigrationState, User } from '@userferry/contracts/json-types';
import { useEffect, useState } from 'react';
import { Empty, Loading } from '../../components/page-state.tsx';
import { PageSteps } from '../../components/pager.tsx';
import { countWords } from './count-words.ts';
import { lastPage, pageBefore } from './pages.ts';
import type { UsersAnswer } from './use-users.ts';
import { UserDetails } from './user-details.tsx';
import { UserRow } from './user-row.tsx';

const NUMBER = new Intl.NumberFormat();

type UserListProps = {
  readonly answer: UsersAnswer;
  readonly keyword: string;
  readonly state: MigrationState;
  /** Scripts say who there is. */
  readonly isCustom: boolean;
  readonly page: number;
  readonly onPage: (page: number) => void;
};

/** The users of an answer, or why there are none. */
export const UserList = ({ answer, keyword, state, isCustom, page, onPage }: UserListProps) => {
  const { users, refusal, isOld } = answer;
  const [open, setOpen] = useState<User>();
  const isSearch = keyword !== '';
  const shown = users?.users.length ?? 0;
  const totalCount = Number(users?.totalCount ?? 0);
  const isPastEnd = !isSearch && page > 1 && users !== undefined && shown === 0;
  useEffect(() => {
    if (isPastEnd && !isOld) onPage(pageBefore(page, totalCount));
  }, [isPastEnd, isOld, page, totalCount, onPage]);
  if (refusal !== undefined)
    return (
      <div className="note note-bad" role="alert">
        <p>
          <strong>{refusal.reason}.</strong> {refusal.message}
        </p>
      </div>
    );
  if (shown === 0 && (isPastEnd || isOld)) return <Loading what="the users" />;
  if (users === undefined || shown === 0) return <Nobody keyword={keyword} state={state} isCustom={isCustom} />;
  const last = lastPage(totalCount);
  return (
    <section className="card" aria-label="Users">
      <p className="quiet small">{countWords({ shown, totalCount, isSearch, byScript: isCustom })}</p>
      <ul className="rows">
        {users.users.map((user) => (
          <UserRow key={user.userId || JSON.stringify(user.externalRef)} user={user} onOpen={() => setOpen(user)} />
        ))}
      </ul>
      {!isSearch && (last > 1 || page > 1) && (
        <PageSteps
          place={`Page ${NUMBER.format(page)} of ${NUMBER.format(Math.max(page, last))}`}
          back={page === 1 ? undefined : () => onPage(page - 1)}
          forward={page >= last ? undefined : () => onPage(page + 1)}
        />
      )}
      {open && <UserDetails user={open} onClose={() => setOpen(undefined)} />}
    </section>
  );
};

type NobodyProps = Pick<UserListProps, 'keyword' | 'state' | 'isCustom'>;

const Nobody = ({ keyword, state, isCustom }: NobodyProps) => {
  if (keyword !== '') return <Empty title={`Nobody matches “${keyword}”`} />;
  if (isCustom) return <Empty title="Your listUsers script finds nobody" />;
  if (state === 'MIGRATION_STATE_MIGRATED')
    return <Empty title="Nobody has migrated yet">Users do with their first successful login.</Empty>;
  if (state === 'MIGRATION_STATE_LOCAL') return <Empty title="Nobody has registered here yet" />;
  return (
    <Empty title="Nobody is here yet">Users show up with their first successful login, or when they register.</Empty>
  );
};

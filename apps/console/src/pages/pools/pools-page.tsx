import type { UserPool } from '@userferry/contracts/json-types';
import { useState } from 'react';
import { useCall } from '../../api/use-call.ts';
import { Empty, Loaded } from '../../components/page-state.tsx';
import { Pager, usePages } from '../../components/pager.tsx';
import { TextField } from '../../components/text-field.tsx';
import { SEARCH_PAUSE_MS, useSettled } from '../../components/use-settled.ts';
import { useTitle } from '../../components/use-title.ts';
import { href } from '../../router/router.ts';
import { PlanBadge } from './plan-badge.tsx';

const PAGE_SIZE = 20;

/** Chooses a user pool, among those that the key may see. */
export const PoolsPage = () => {
  useTitle('User pools');
  const [search, setSearch] = useState('');
  const text = useSettled(search.trim(), SEARCH_PAUSE_MS);
  const pages = usePages(text);
  const request = { search: text, pageSize: PAGE_SIZE, pageToken: pages.token };
  const pools = useCall('UserPoolService', 'ListUserPools', request, { keepPrevious: true });
  return (
    <div className="page page-narrow">
      <h1>User pools</h1>
      <p className="quiet">Each user pool can have one connection to your own user database.</p>
      <TextField label="Search" type="search" placeholder="Name" value={search} onChange={setSearch} />
      <Loaded query={pools} what="user pools">
        {({ userPools, nextPageToken }) => (
          <>
            {userPools.length === 0 ? <NoPools search={text} /> : <PoolList pools={userPools} />}
            <Pager pages={pages} next={nextPageToken} />
          </>
        )}
      </Loaded>
    </div>
  );
};

const NoPools = ({ search }: { readonly search: string }) =>
  search === '' ? (
    <Empty title="There is no user pool yet">An operator creates one: UserPoolService.CreateUserPool.</Empty>
  ) : (
    <Empty title={`No user pool matches “${search}”`}>The names are searched.</Empty>
  );

const PoolList = ({ pools }: { readonly pools: readonly UserPool[] }) => (
  <ul className="pool-list">
    {pools.map((pool) => (
      <li key={pool.userPoolId}>
        <a className="pool" href={href('pools', pool.userPoolId)}>
          <span className="pool-name">{pool.name}</span>
          <span className="pool-id mono">{pool.userPoolId}</span>
          <PlanBadge pool={pool} />
        </a>
      </li>
    ))}
  </ul>
);

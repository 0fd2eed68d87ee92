import type { Connection } from '@userferry/contracts/json-types';
import { useState } from 'react';
import { reasonOf } from '../../api/api-error.ts';
import { useCall } from '../../api/use-call.ts';
import { Failure, Loading } from '../../components/page-state.tsx';
import { useTitle } from '../../components/use-title.ts';
import type { PoolPageProps } from '../pool-frame.tsx';
import { ConnectionForm } from './connection-form.tsx';
import { DeleteCard } from './delete-card.tsx';
import { PublicIpsCard } from './public-ips-card.tsx';
import { StatusCard } from './status-card.tsx';

export const ConnectionPage = ({ pool }: PoolPageProps) => {
  useTitle(`Connection of ${pool.name}`);
  const { userPoolId } = pool;
  const query = useCall('ConnectionService', 'GetConnection', { userPoolId });
  const isNew = useIsNew(query);
  const connection: Connection | undefined = isNew ? undefined : query.data?.connection;
  return (
    <div className="stack-wide">
      <h1>Custom database</h1>
      {connection === undefined && !isNew ? (
        query.isError ? (
          <Failure error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Loading what="the connection" />
        )
      ) : (
        <>
          {query.isError && !isNew && <Failure error={query.error} title="This may be out of date." />}
          <StatusCard pool={pool} connection={connection} />
          <ConnectionForm userPoolId={userPoolId} connection={connection} />
          <PublicIpsCard />
          {connection && <DeleteCard userPoolId={userPoolId} />}
        </>
      )}
    </div>
  );
};

/**
 * Whether there is none yet. While that is asked again, the answer of before holds: without its form, what was typed into it
 * would be gone.
 */
const useIsNew = ({ isPending, error }: { readonly isPending: boolean; readonly error: unknown }): boolean => {
  const [wasNew, setWasNew] = useState(false);
  const isNew = isPending ? wasNew : reasonOf(error) === 'CONNECTION_NOT_FOUND';
  if (isNew !== wasNew) setWasNew(isNew);
  return isNew;
};

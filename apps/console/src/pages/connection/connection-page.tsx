import type { Connection } from '@userferry/contracts/json-types';
import { useState } from 'react';
import { reasonOf } from '../../api/api-error.ts';
import { useCall } from '../../api/use-call.ts';
import { Failure, Loading } from '../../components/page-state.tsx';
import { useTitle } from '../../components/use-title.ts';
import type { PoolPageProps } from '../pool-page-props.ts';
import { ConnectionForm } from './connection-form.tsx';
import { DeleteCard } from './delete-card.tsx';
import { PublicIpsCard } from './public-ips-card.tsx';
import { StatusCard } from './status-card.tsx';

export const ConnectionPage = ({ pool }: PoolPageProps) => {
  useTitle(`Connection of ${pool.name}`);
  const { userPoolId } = pool;
  const query = useCall('ConnectionService', 'GetConnection', { userPoolId });
  const isNew = useIsNew(query.error, query.data);
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
          {query.isError && !isNotFound(query.error) && (
            <Failure error={query.error} title="This may be out of date." />
          )}
          <StatusCard pool={pool} connection={connection} />
          <ConnectionForm userPoolId={userPoolId} connection={connection} />
          <PublicIpsCard />
          {connection && <DeleteCard userPoolId={userPoolId} />}
        </>
      )}
    </div>
  );
};

const isNotFound = (error: unknown): boolean => reasonOf(error) === 'CONNECTION_NOT_FOUND';

/**
 * Whether there is none yet. That holds until there is one: while it is asked again, and when the next answer is that the
 * session has ended or the server cannot be reached. Without its form, what was typed into it would be gone.
 */
const useIsNew = (error: unknown, found: object | undefined): boolean => {
  const [wasNew, setWasNew] = useState(false);
  const isNew = isNotFound(error) || (wasNew && found === undefined);
  if (isNew !== wasNew) setWasNew(isNew);
  return isNew;
};

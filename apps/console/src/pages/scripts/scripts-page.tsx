import type { Connection } from '@userferry/contracts/json-types';
import { isScriptAction, type ScriptAction } from '@userferry/script-contract';
import { reasonOf } from '../../api/api-error.ts';
import { useCall } from '../../api/use-call.ts';
import { Empty, Failure, Loading } from '../../components/page-state.tsx';
import { useTitle } from '../../components/use-title.ts';
import { href } from '../../router/router.ts';
import type { PoolPageProps } from '../pool-page-props.ts';
import { ScriptRoom } from './script-room.tsx';
import { ScriptTabs } from './script-tabs.tsx';

/** The scripts of a connection: which there are to be, and one of them to write and to try out. */
export const ScriptsPage = ({ pool, parts }: PoolPageProps) => {
  const { userPoolId } = pool;
  const [name = 'login'] = parts;
  const action: ScriptAction = isScriptAction(name) ? name : 'login';
  useTitle(`${action} script of ${pool.name}`);
  const query = useCall('ConnectionService', 'GetConnection', { userPoolId });
  const connection: Connection | undefined = query.data?.connection;
  return (
    <div className="stack-wide">
      <h1>Scripts</h1>
      {connection === undefined ? (
        <WithoutConnection userPoolId={userPoolId} error={query.error} retry={() => void query.refetch()} />
      ) : (
        <>
          <ScriptTabs connection={connection} current={action} />
          <ScriptRoom key={action} connection={connection} action={action} />
        </>
      )}
    </div>
  );
};

type WithoutProps = { readonly userPoolId: string; readonly error: unknown; readonly retry: () => void };

const WithoutConnection = ({ userPoolId, error, retry }: WithoutProps) => {
  if (reasonOf(error) === 'CONNECTION_NOT_FOUND')
    return (
      <Empty
        title="There is no connection yet"
        action={<a href={href('pools', userPoolId, 'connection')}>To the connection</a>}
      >
        Save where your database is first; then come the scripts that ask it.
      </Empty>
    );
  return error ? <Failure error={error} retry={retry} /> : <Loading what="the scripts" />;
};

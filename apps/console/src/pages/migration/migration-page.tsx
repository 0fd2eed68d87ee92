import type { GetMigrationProgressResponse } from '@userferry/contracts/json-types';
import { reasonOf } from '../../api/api-error.ts';
import { useCall } from '../../api/use-call.ts';
import { Card } from '../../components/card.tsx';
import { Empty, Loaded } from '../../components/page-state.tsx';
import { useTitle } from '../../components/use-title.ts';
import { href } from '../../router/router.ts';
import type { PoolPageProps } from '../pool-page-props.ts';
import { ConflictsCard } from './conflicts-card.tsx';
import { lastDays } from './days.ts';
import { DaysChart, DaysTable } from './days-chart.tsx';
import { ProgressCard } from './progress-card.tsx';
import { TombstonesCard } from './tombstones-card.tsx';
import { VerdictCard } from './verdict-card.tsx';

/** Asking runs the listUsers script, where there is one: not too often. */
const REFRESH_MS = 60_000;

/** How far the move is, whether the old database can go, and what only a person can decide. */
export const MigrationPage = ({ pool }: PoolPageProps) => {
  useTitle(`Migration of ${pool.name}`);
  const { userPoolId } = pool;
  const query = useCall('ConnectionService', 'GetConnection', { userPoolId });
  return (
    <div className="stack-wide">
      <h1>Migration</h1>
      {reasonOf(query.error) === 'CONNECTION_NOT_FOUND' ? (
        <Empty
          title="There is no connection yet"
          action={<a href={href('pools', userPoolId, 'connection')}>To the connection</a>}
        >
          Users begin to move over once a connection for lazy migration is enabled.
        </Empty>
      ) : (
        <Loaded query={query} what="the connection">
          {({ connection }) =>
            connection?.mode === 'CONNECTION_MODE_CUSTOM_USER_STORE' ? (
              <Empty title="Nobody moves">
                In a custom user store everyone stays in your database, for ever. Nothing about a user is written here.
              </Empty>
            ) : (
              <Migration userPoolId={userPoolId} />
            )
          }
        </Loaded>
      )}
    </div>
  );
};

const Migration = ({ userPoolId }: { readonly userPoolId: string }) => {
  const query = useCall('ConnectionService', 'GetMigrationProgress', { userPoolId }, { everyMs: REFRESH_MS });
  return (
    <>
      <Loaded query={query} what="the progress">
        {(progress) => <Progress userPoolId={userPoolId} progress={progress} />}
      </Loaded>
      <ConflictsCard userPoolId={userPoolId} />
      <TombstonesCard userPoolId={userPoolId} />
    </>
  );
};

type ProgressProps = { readonly userPoolId: string; readonly progress: GetMigrationProgressResponse };

const Progress = ({ userPoolId, progress }: ProgressProps) => {
  const days = lastDays(progress.days, new Date());
  return (
    <>
      <ProgressCard userPoolId={userPoolId} progress={progress} />
      <VerdictCard safeToSwitchOff={progress.safeToSwitchOff} reasons={progress.reasons} />
      <Card title="Migrated each day" description="The last thirty days, by UTC.">
        <DaysChart days={days} />
        <DaysTable days={days} />
      </Card>
    </>
  );
};

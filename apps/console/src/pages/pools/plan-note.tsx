import type { UserPool } from '@userferry/contracts/json-types';
import { useAct } from '../../api/use-call.ts';
import { ActionButton } from '../../components/button.tsx';
import { useNotice } from '../../components/notice.tsx';
import { Failure } from '../../components/page-state.tsx';
import { Time } from '../../components/time.tsx';

/** What the plan lets this pool do, as far as there is something to know or to do about it. */
export const PlanNote = ({ pool }: { readonly pool: UserPool }) => {
  const { trial, plan, connectionsIncluded } = pool;
  if (plan === 'PLAN_ENTERPRISE') return null;
  if (trial === undefined) return <StartTrial userPoolId={pool.userPoolId} />;
  if (connectionsIncluded)
    return (
      <div className="note">
        <p>
          <strong>
            Trial: {trial.daysLeft} {trial.daysLeft === 1 ? 'day' : 'days'} left.
          </strong>{' '}
          Connections work until <Time at={trial.endsAt} dayOnly />. After that they stop until the plan includes them;
          nothing is lost.
        </p>
      </div>
    );
  return (
    <div className="note note-warn">
      <p>
        <strong>The trial is over.</strong> Connections do not run until the plan of this user pool includes them.
        Everything is kept as it is, and works again then.
      </p>
    </div>
  );
};

const StartTrial = ({ userPoolId }: { readonly userPoolId: string }) => {
  const start = useAct('UserPoolService', 'StartTrial');
  const say = useNotice();
  const begin = () => start.mutate({ userPoolId }, { onSuccess: () => say('The trial has begun: 30 days.') });
  return (
    <div className="note note-warn note-row">
      <div>
        <p>
          <strong>The plan of this user pool has no connections.</strong> You can prepare one, and try it for 30 days,
          once.
        </p>
        {start.isError && <Failure error={start.error} />}
      </div>
      <ActionButton onPress={begin} busy={start.isPending}>
        Start trial
      </ActionButton>
    </div>
  );
};

import type { Connection, UserPool } from '@userferry/contracts/json-types';
import type { ScriptAction } from '@userferry/script-contract';
import { useState } from 'react';
import { actionOf } from '../../api/script-actions.ts';
import { useAct } from '../../api/use-call.ts';
import { Badge } from '../../components/badge.tsx';
import { ActionButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Confirm } from '../../components/dialog.tsx';
import { useNotice } from '../../components/notice.tsx';
import { Failure } from '../../components/page-state.tsx';
import { href } from '../../router/router.ts';
import { consequences } from './consequences.ts';

type StatusProps = { readonly pool: UserPool; readonly connection: Connection | undefined };

/** On or off, what is still missing, and the switch, which says first what it will do. */
export const StatusCard = ({ pool, connection }: StatusProps) => {
  const [asking, setAsking] = useState(false);
  if (connection === undefined) return <FirstSteps />;
  const { enabled } = connection;
  const missing = missingOf(connection);
  return (
    <Card
      title="Status"
      aside={enabled ? <Badge tone="good">Enabled</Badge> : <Badge tone="plain">Disabled</Badge>}
      description={
        enabled
          ? 'Users whom this pool does not know are looked for in your database.'
          : 'Your database is not asked. Only users who are stored here can log in.'
      }
    >
      {missing.length > 0 && (
        <p className="note note-warn">
          <span>
            Scripts are missing:{' '}
            {missing.map((action, index) => (
              <span key={action}>
                {index > 0 && ', '}
                <a href={href('pools', pool.userPoolId, 'scripts', action)}>{action}</a>
              </span>
            ))}
            . Calls that need them fail.
          </span>
        </p>
      )}
      <div className="actions">
        <ActionButton kind={enabled ? 'plain' : 'main'} onPress={() => setAsking(true)}>
          {enabled ? 'Disable …' : 'Enable …'}
        </ActionButton>
      </div>
      {asking && <SwitchDialog pool={pool} connection={connection} onClose={() => setAsking(false)} />}
    </Card>
  );
};

/** The scripts that the mode requires and that nobody has saved. */
const missingOf = ({ scripts }: Connection): readonly ScriptAction[] =>
  scripts
    .filter(({ required, saved }) => required && !saved)
    .map(({ action }) => actionOf(action))
    .filter((action) => action !== undefined);

const FirstSteps = () => (
  <div className="note">
    <p>
      <strong>Three steps to your first login.</strong> Save where your database is, save the scripts that ask it, and
      enable the connection.
    </p>
  </div>
);

type SwitchProps = { readonly pool: UserPool; readonly connection: Connection; readonly onClose: () => void };

const SwitchDialog = ({ pool, connection, onClose }: SwitchProps) => {
  const { enabled, mode } = connection;
  const { userPoolId } = pool;
  const say = useNotice();
  const enable = useAct('ConnectionService', 'EnableConnection');
  const disable = useAct('ConnectionService', 'DisableConnection');
  const act = enabled ? disable : enable;
  const done = () => {
    onClose();
    say(enabled ? 'The connection is disabled.' : 'The connection is enabled.');
  };
  return (
    <Confirm
      title={enabled ? 'Disable the connection?' : 'Enable the connection?'}
      isOpen
      action={enabled ? 'Disable' : 'Enable'}
      danger={enabled}
      busy={act.isPending}
      onConfirm={() => act.mutate({ userPoolId }, { onSuccess: done })}
      onCancel={onClose}
    >
      <p>This takes effect at once, with the very next login:</p>
      <ul className="bullets">
        {consequences({ mode, enabled, included: pool.connectionsIncluded, missing: missingOf(connection) }).map(
          (sentence) => (
            <li key={sentence}>{sentence}</li>
          ),
        )}
      </ul>
      {act.isError && <Failure error={act.error} />}
    </Confirm>
  );
};

import { useState } from 'react';
import { useAct } from '../../api/use-call.ts';
import { ActionButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Confirm } from '../../components/dialog.tsx';
import { useNotice } from '../../components/notice.tsx';
import { Failure } from '../../components/page-state.tsx';

export const DeleteCard = ({ userPoolId }: { readonly userPoolId: string }) => {
  const [asking, setAsking] = useState(false);
  const remove = useAct('ConnectionService', 'DeleteConnection');
  const say = useNotice();
  const done = () => {
    setAsking(false);
    say('The connection is deleted.');
  };
  return (
    <Card title="Delete the connection" description="Settings, secrets and scripts, in all their versions.">
      <div className="actions">
        <ActionButton kind="danger" onPress={() => setAsking(true)}>
          Delete …
        </ActionButton>
      </div>
      <Confirm
        title="Delete the connection?"
        isOpen={asking}
        action="Delete for good"
        danger
        busy={remove.isPending}
        onConfirm={() => remove.mutate({ userPoolId }, { onSuccess: done })}
        onCancel={() => setAsking(false)}
      >
        <p>Settings, secrets and scripts of all versions are removed, and cannot be brought back.</p>
        <ul className="bullets">
          <li>Users who have moved over stay, and go on logging in here.</li>
          <li>Users who have not moved over cannot log in any more.</li>
        </ul>
        {remove.isError && <Failure error={remove.error} />}
      </Confirm>
    </Card>
  );
};

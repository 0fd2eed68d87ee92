import type { ConnectionVersion } from '@userferry/contracts/json-types';
import { useAct } from '../../api/use-call.ts';
import { Confirm } from '../../components/dialog.tsx';
import { useNotice } from '../../components/notice.tsx';
import { Failure } from '../../components/page-state.tsx';

type RollbackProps = { readonly userPoolId: string; readonly version: ConnectionVersion; readonly onClose: () => void };

export const RollbackDialog = ({ userPoolId, version, onClose }: RollbackProps) => {
  const rollback = useAct('ConnectionService', 'RollbackScript');
  const say = useNotice();
  const done = () => {
    onClose();
    say(`Version ${version.version} is current again.`);
  };
  return (
    <Confirm
      title={`Roll back to version ${version.version}?`}
      isOpen
      action="Roll back"
      busy={rollback.isPending}
      onConfirm={() => rollback.mutate({ userPoolId, version: version.version }, { onSuccess: done })}
      onCancel={onClose}
    >
      <ul className="bullets">
        <li>
          Mode, address, variables, destinations and all scripts become what they were in version {version.version}.
        </li>
        <li>This makes a new version; the one that is current now stays in the list.</li>
        <li>It takes effect at once, with the very next login. Whether the connection is enabled does not change.</li>
      </ul>
      {rollback.isError && <Failure error={rollback.error} />}
    </Confirm>
  );
};

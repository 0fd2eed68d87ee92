import type { ConflictResolution, IdentifierConflict } from '@userferry/contracts/json-types';
import { useState } from 'react';
import { Radio, RadioGroup } from 'react-aria-components';
import { useAct } from '../../api/use-call.ts';
import { Confirm } from '../../components/dialog.tsx';
import { useNotice } from '../../components/notice.tsx';
import { Failure } from '../../components/page-state.tsx';
import { legacyId } from '../users/legacy-id.ts';

type Choice = { readonly id: ConflictResolution; readonly name: string; readonly text: string };

const choicesOf = ({ kind, value }: IdentifierConflict): readonly Choice[] => [
  {
    id: 'CONFLICT_RESOLUTION_SAME_PERSON',
    name: 'They are the same person',
    text: 'The legacy user is tied to the user here. The password here stays the one that counts.',
  },
  {
    id: 'CONFLICT_RESOLUTION_GIVE_TO_LEGACY',
    name: `Two people: ${value} belongs to the legacy user`,
    text: `The user here loses this ${kind}; the legacy user migrates with it at the next login.`,
  },
  {
    id: 'CONFLICT_RESOLUTION_KEEP_LOCAL',
    name: `Two people: ${value} belongs to the user here`,
    text: `The legacy user migrates without this ${kind} at the next login.`,
  },
];

type ResolveProps = {
  readonly userPoolId: string;
  readonly conflict: IdentifierConflict;
  readonly onClose: () => void;
};

/** Nobody is merged but by an administrator's word: this is where it is given. */
export const ResolveDialog = ({ userPoolId, conflict, onClose }: ResolveProps) => {
  const [resolution, setResolution] = useState<ConflictResolution>();
  const resolve = useAct('ConnectionService', 'ResolveConflict');
  const say = useNotice();
  const done = () => {
    onClose();
    say('Resolved. The next login goes on.');
  };
  const confirm = () => {
    if (resolution === undefined) return;
    resolve.mutate({ userPoolId, conflictId: conflict.conflictId, resolution }, { onSuccess: done });
  };
  return (
    <Confirm
      title="Whose is it?"
      isOpen
      action="Resolve"
      busy={resolve.isPending}
      isDisabled={resolution === undefined}
      onConfirm={confirm}
      onCancel={onClose}
    >
      <p>
        The {conflict.kind} <strong>{conflict.value}</strong> is that of legacy user{' '}
        <span className="mono">{legacyId(conflict.externalRef)}</span> and of user{' '}
        <span className="mono">{conflict.userId}</span> here.
      </p>
      <RadioGroup
        aria-label="What is true"
        className="choices"
        value={resolution ?? ''}
        onChange={(chosen) => setResolution(chosen as ConflictResolution)}
      >
        {choicesOf(conflict).map(({ id, name, text }) => (
          <Radio key={id} value={id} className="choice">
            <span className="choice-name">{name}</span>
            <span className="quiet small">{text}</span>
          </Radio>
        ))}
      </RadioGroup>
      {resolve.isError && <Failure error={resolve.error} />}
    </Confirm>
  );
};

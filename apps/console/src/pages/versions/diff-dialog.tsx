import type { ConnectionVersion } from '@userferry/contracts/json-types';
import { useState } from 'react';
import { actionOf } from '../../api/script-actions.ts';
import { useCall } from '../../api/use-call.ts';
import { ActionButton } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Loaded } from '../../components/page-state.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { UnifiedDiff } from './unified-diff.tsx';

type DiffProps = {
  readonly userPoolId: string;
  readonly version: ConnectionVersion;
  /** There is none before it: 1, or a higher one after a connection that was deleted. */
  readonly isFirst: boolean;
  readonly onClose: () => void;
};

/** What a version changed, or how it differs from the one that is current. */
export const DiffDialog = ({ userPoolId, version, isFirst, onClose }: DiffProps) => {
  const [against, setAgainst] = useState<'before' | 'current'>(isFirst ? 'current' : 'before');
  const before = String(BigInt(version.version) - 1n);
  const range =
    against === 'before'
      ? { fromVersion: before, toVersion: version.version }
      : { fromVersion: version.version, toVersion: '0' };
  const query = useCall('ConnectionService', 'DiffScriptVersions', { userPoolId, ...range });
  return (
    <Dialog title={`Version ${version.version}`} isOpen onClose={onClose} wide>
      <SelectField
        label="Compare"
        value={against}
        options={[
          ...(isFirst
            ? []
            : [{ id: 'before' as const, name: `Version ${before} → ${version.version}: what it changed` }]),
          { id: 'current' as const, name: `Version ${version.version} → current: what came after it` },
        ]}
        onChange={setAgainst}
      />
      <Loaded query={query} what="the differences">
        {({ changes, scripts }) => (
          <div className="stack">
            {changes.length > 0 && <p>Settings that differ: {changes.join(', ')}. Values are never shown.</p>}
            {scripts.map(({ action, unified }) => (
              <section key={action} className="stack" aria-label={actionOf(action) ?? action}>
                <h3 className="mono">{actionOf(action)}</h3>
                <UnifiedDiff text={unified} />
              </section>
            ))}
            {changes.length === 0 && scripts.length === 0 && <p className="quiet">There is no difference.</p>}
          </div>
        )}
      </Loaded>
      <div className="actions actions-end">
        <ActionButton kind="plain" onPress={onClose}>
          Close
        </ActionButton>
      </div>
    </Dialog>
  );
};

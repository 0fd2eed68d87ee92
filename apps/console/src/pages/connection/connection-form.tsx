import type { Connection } from '@userferry/contracts/json-types';
import type { FormEvent } from 'react';
import { ActionButton } from '../../components/button.tsx';
import { Failure } from '../../components/page-state.tsx';
import { useUnsaved } from '../../components/unsaved.tsx';
import { AddressCard } from './address-card.tsx';
import { EgressCard } from './egress-card.tsx';
import { EnvCard } from './env-card.tsx';
import { IsolationCard } from './isolation-card.tsx';
import { ModeCard } from './mode-card.tsx';
import { ReplacedNote } from './replaced-note.tsx';
import { useConnectionForm } from './use-connection-form.ts';

type FormProps = { readonly userPoolId: string; readonly connection: Connection | undefined };

/** Mode and settings, saved together as one version. */
export const ConnectionForm = ({ userPoolId, connection }: FormProps) => {
  const form = useConnectionForm(userPoolId, connection);
  const { draft, changed, set, isReplaced, takeTheirs, keepMine, isSaving, error } = form;
  useUnsaved('the settings of the connection', changed);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    form.submit();
  };
  return (
    <form
      className="stack-wide settings-form"
      onSubmit={onSubmit}
      aria-label="Settings of the connection"
      aria-busy={isSaving}
    >
      <ModeCard mode={draft.mode} saved={connection?.mode} onChange={(mode) => set({ mode })} />
      <AddressCard
        draft={draft.address}
        saved={connection?.address}
        isNew={connection === undefined}
        onChange={(address) => set({ address })}
      />
      <EnvCard rows={draft.env} onChange={(env) => set({ env })} />
      <EgressCard rows={draft.egress} onChange={(egress) => set({ egress })} />
      <IsolationCard isolation={draft.isolation} onChange={(isolation) => set({ isolation })} />
      <div className={changed ? 'save-bar save-bar-on' : 'save-bar'}>
        {isReplaced && (
          <ReplacedNote isDeleted={connection === undefined} onTakeTheirs={takeTheirs} onKeepMine={keepMine} />
        )}
        {error && <Failure error={error} title="Not saved." />}
        <p role="status">{changed ? 'Not saved yet.' : connection ? `Version ${connection.version} is saved.` : ''}</p>
        <div className="actions">
          <ActionButton kind="plain" isDisabled={!changed || isSaving} onPress={takeTheirs}>
            Discard
          </ActionButton>
          <ActionButton type="submit" isDisabled={isReplaced || (!changed && connection !== undefined)} busy={isSaving}>
            Save
          </ActionButton>
        </div>
      </div>
    </form>
  );
};

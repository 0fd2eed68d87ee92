import type { Connection } from '@userferry/contracts/json-types';
import { type FormEvent, useState } from 'react';
import { useAct } from '../../api/use-call.ts';
import { ActionButton } from '../../components/button.tsx';
import { useNotice } from '../../components/notice.tsx';
import { Failure } from '../../components/page-state.tsx';
import { useUnsaved } from '../../components/unsaved.tsx';
import { AddressCard } from './address-card.tsx';
import { type ConnectionDraft, draftOf, hasProblems, isChanged, saveRequest } from './connection-draft.ts';
import { EgressCard } from './egress-card.tsx';
import { EnvCard } from './env-card.tsx';
import { IsolationCard } from './isolation-card.tsx';
import { ModeCard } from './mode-card.tsx';

type FormProps = { readonly userPoolId: string; readonly connection: Connection | undefined };

/** Mode and settings, saved together as one version. */
export const ConnectionForm = ({ userPoolId, connection }: FormProps) => {
  const version = connection?.version ?? 'new';
  const [base, setBase] = useState(() => ({ version, draft: draftOf(connection) }));
  const [draft, setDraft] = useState(base.draft);
  const save = useAct('ConnectionService', 'SaveConnection');
  const say = useNotice();
  const changed = isChanged(draft, base.draft);
  useUnsaved('the settings of the connection', changed);
  const restart = (from: Connection | undefined) => {
    const fresh = draftOf(from);
    setBase({ version: from?.version ?? 'new', draft: fresh });
    setDraft(fresh);
  };
  // saved elsewhere (or a script here): the form follows as long as nothing is typed in it
  if (version !== base.version && !changed) restart(connection);
  const set = (part: Partial<ConnectionDraft>) => setDraft({ ...draft, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (hasProblems(draft)) return say('Something above cannot be saved yet; it says so beside it.', 'bad');
    const onSuccess = ({ connection: saved }: { readonly connection?: Connection }) => {
      restart(saved);
      say('Saved. The next login uses it.');
    };
    save.mutate(saveRequest(userPoolId, draft, base.draft), { onSuccess });
  };
  return (
    <form className="stack-wide" onSubmit={submit} aria-label="Settings of the connection">
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
      {save.isError && <Failure error={save.error} title="Not saved." />}
      <div className={changed ? 'save-bar save-bar-on' : 'save-bar'}>
        <p role="status">{changed ? 'Not saved yet.' : connection ? `Version ${connection.version} is saved.` : ''}</p>
        <div className="actions">
          <ActionButton kind="plain" isDisabled={!changed} onPress={() => restart(connection)}>
            Discard
          </ActionButton>
          <ActionButton type="submit" isDisabled={!changed && connection !== undefined} busy={save.isPending}>
            Save
          </ActionButton>
        </div>
      </div>
    </form>
  );
};

import { useQueryClient } from '@tanstack/react-query';
import type { Connection } from '@userferry/contracts/json-types';
import { useRef, useState } from 'react';
import { keyOf, useAct } from '../../api/use-call.ts';
import { useNotice } from '../../components/notice.tsx';
import { type ConnectionDraft, draftOf, hasProblems, isChanged, saveRequest } from './connection-draft.ts';

/** What the form began from. */
type Base = {
  readonly version: string;
  readonly draft: ConnectionDraft;
  /** The version before one's own save: the page may show it for a moment yet. */
  readonly before?: string | undefined;
};

const versionOf = (connection: Connection | undefined): string => connection?.version ?? '0';

/** The settings as they are typed, and how they are saved: one save at a time, and nothing is typed meanwhile. */
export const useConnectionForm = (userPoolId: string, connection: Connection | undefined) => {
  const version = versionOf(connection);
  const [base, setBase] = useState<Base>(() => ({ version, draft: draftOf(connection) }));
  const [draft, setDraft] = useState(base.draft);
  const isSaving = useRef(false);
  const save = useAct('ConnectionService', 'SaveConnection');
  const client = useQueryClient();
  const say = useNotice();
  const changed = isChanged(draft, base.draft);
  const restart = (from: Connection | undefined, before?: string) => {
    const fresh = draftOf(from);
    setBase({ version: versionOf(from), draft: fresh, before });
    setDraft(fresh);
  };
  // saved elsewhere (or a script here): the form follows as long as nothing is typed in it
  if (version !== base.version && version !== base.before && !changed) restart(connection);
  const set = (part: Partial<ConnectionDraft>) => {
    if (!isSaving.current) setDraft({ ...draft, ...part });
  };
  const send = async () => {
    isSaving.current = true;
    try {
      const { connection: saved } = await save.mutateAsync(saveRequest(userPoolId, draft, base.draft));
      client.setQueryData(keyOf('ConnectionService', 'GetConnection', { userPoolId }), { connection: saved });
      restart(saved, version);
      say('Saved. The next login uses it.');
    } catch {
      // told by `error`
    } finally {
      isSaving.current = false;
    }
  };
  const submit = () => {
    if (isSaving.current || (!changed && connection !== undefined)) return;
    if (hasProblems(draft)) return say('Something above cannot be saved yet; it says so beside it.', 'bad');
    void send();
  };
  const discard = () => {
    if (!isSaving.current) restart(connection);
  };
  return { draft, changed, set, submit, discard, isSaving: save.isPending, error: save.error };
};

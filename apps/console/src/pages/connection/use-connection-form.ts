import { useQueryClient } from '@tanstack/react-query';
import type { Connection } from '@userferry/contracts/json-types';
import { useRef, useState } from 'react';
import { reasonOf } from '../../api/api-error.ts';
import { keyOf, useAct } from '../../api/use-call.ts';
import { useNotice } from '../../components/notice.tsx';
import { type ConnectionDraft, draftOf, hasProblems, isChanged, saveRequest } from './connection-draft.ts';
import { isSameSettings, rebase } from './rebase.ts';

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
  const begin = (fresh: ConnectionDraft, from = version, before?: string) => {
    setBase({ version: from, draft: fresh, before });
    setDraft(fresh);
  };
  const isOther = version !== base.version && version !== base.before;
  // saved elsewhere (or a script here): the form follows as long as nothing is typed in it
  if (isOther && !changed) begin(draftOf(connection));
  // what differs may be a value that nobody is shown: then the refusal alone tells of it
  const isRefused = reasonOf(save.error) === 'CONCURRENT_CHANGE';
  const isReplaced = isOther && changed && (isRefused || !isSameSettings(base.draft, draftOf(connection)));
  const set = (part: Partial<ConnectionDraft>) => {
    if (!isSaving.current) setDraft({ ...draft, ...part });
  };
  const send = async () => {
    isSaving.current = true;
    const [key, seen] = [keyOf('ConnectionService', 'GetConnection', { userPoolId }), base.version];
    try {
      const request = { ...saveRequest(userPoolId, draft, base.draft), expectedVersion: seen };
      const { connection: saved } = await save.mutateAsync(request);
      // who has signed out meanwhile leaves nothing to the next
      if (client.getQueryState(key) !== undefined) client.setQueryData(key, { connection: saved });
      begin(draftOf(saved), versionOf(saved), version);
      say('Saved. The next login uses it.');
    } catch (error) {
      // told by `error`; what it was refused for is looked at
      if (reasonOf(error) === 'CONCURRENT_CHANGE') void client.invalidateQueries({ queryKey: key });
    } finally {
      isSaving.current = false;
    }
  };
  const submit = () => {
    if (isSaving.current || isReplaced || (!changed && connection !== undefined)) return;
    if (hasProblems(draft)) return say('Something above cannot be saved yet; it says so beside it.', 'bad');
    void send();
  };
  const takeTheirs = () => {
    if (isSaving.current) return;
    save.reset();
    begin(draftOf(connection));
  };
  const keepMine = () => {
    if (isSaving.current) return;
    const theirs = draftOf(connection);
    takeTheirs();
    setDraft(rebase(draft, base.draft, theirs));
  };
  const error = isReplaced && isRefused ? null : save.error;
  return { draft, changed, isReplaced, set, submit, takeTheirs, keepMine, isSaving: save.isPending, error };
};

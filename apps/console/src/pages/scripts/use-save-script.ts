import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import type { Connection } from '@userferry/contracts/json-types';
import type { ScriptAction } from '@userferry/script-contract';
import { useEffect, useRef } from 'react';
import { reasonOf } from '../../api/api-error.ts';
import { wireAction } from '../../api/script-actions.ts';
import { wireLanguage } from '../../api/script-languages.ts';
import { keyOf, useAct } from '../../api/use-call.ts';
import { useNotice } from '../../components/notice.tsx';
import { draftNow, setDraft } from './drafts.ts';
import { scriptRequest } from './script-request.ts';
import type { ScriptText } from './script-text.ts';

/** A script, and the version of the connection in which it was seen. */
type Seen = Place & { readonly version: string };

type Place = { readonly userPoolId: string; readonly action: ScriptAction };

/** Saves that are on their way: one of a script at a time, though its editor may have been left and be there again. */
const underWay = new Set<string>();

/** Saves what stands in the editor. Does nothing where nothing was changed, or while a save of this script is on its way. */
export const useSaveScript = ({ userPoolId, action, version }: Seen, script: ScriptText) => {
  const save = useAct('ConnectionService', 'SaveScript');
  const say = useNotice();
  const client = useQueryClient();
  const shown = useShown(script);
  const submit = async () => {
    const sent = draftNow(userPoolId, action)?.script;
    const name = `${userPoolId} ${action}`;
    if (sent === undefined || underWay.has(name)) return;
    underWay.add(name);
    try {
      const written = { source: sent.source, language: wireLanguage(sent.language) };
      const place = { userPoolId, action: wireAction(action) };
      const { connection } = await save.mutateAsync({ ...place, ...written, expectedVersion: version });
      keep(client, { userPoolId, action }, sent, connection);
      // what was typed meanwhile is a change of what is saved now
      const typed = draftNow(userPoolId, action)?.script ?? shown.current ?? sent;
      setDraft(userPoolId, action, { base: sent, script: typed });
      say(`The ${action} script is saved.`);
    } catch (error) {
      // told by `error`; what it was refused for is looked at
      if (reasonOf(error) === 'CONCURRENT_CHANGE') lookAgain(client);
    } finally {
      underWay.delete(name);
    }
  };
  return { submit: () => void submit(), isSaving: save.isPending, error: save.error, forget: save.reset };
};

/** What is in the editor, which is no draft where it is as it was before; nothing once the editor is left. */
const useShown = (script: ScriptText) => {
  const shown = useRef<ScriptText | undefined>(script);
  useEffect(() => {
    shown.current = script;
    return () => {
      shown.current = undefined;
    };
  }, [script]);
  return shown;
};

/** What was saved is known: the editor need not wait for it, and keeps its cursor. */
const keep = (client: QueryClient, place: Place, sent: ScriptText, connection: Connection | undefined): void => {
  const { userPoolId, action } = place;
  const key = keyOf('ConnectionService', 'GetScript', scriptRequest(userPoolId, action));
  // who has signed out meanwhile leaves nothing to the next
  if (connection === undefined || client.getQueryState(key) === undefined) return;
  const answer = { source: sent.source, language: wireLanguage(sent.language), version: connection.version };
  client.setQueryData(key, answer);
  client.setQueryData(keyOf('ConnectionService', 'GetConnection', { userPoolId }), { connection });
};

const lookAgain = (client: QueryClient): void => {
  for (const method of ['GetConnection', 'GetScript'])
    void client.invalidateQueries({ queryKey: keyOf('ConnectionService', method) });
};

import type { Connection, GetScriptResponse, ScriptState } from '@userferry/contracts/json-types';
import type { ScriptAction } from '@userferry/script-contract';
import { useEffect, useState } from 'react';
import { reasonOf } from '../../api/api-error.ts';
import { wireAction } from '../../api/script-actions.ts';
import { languageOf } from '../../api/script-languages.ts';
import { useCall } from '../../api/use-call.ts';
import { Failure, Loading } from '../../components/page-state.tsx';
import { usePlace } from '../../router/router.ts';
import { DebugPanel } from '../debug/debug-panel.tsx';
import { ErrorBox } from '../debug/error-box.tsx';
import { type Draft, setDraft, useDraft } from './drafts.ts';
import { EditorCard } from './editor-card.tsx';
import { scriptRequest } from './script-request.ts';
import { isSameScript, NOTHING_WRITTEN, type ScriptText } from './script-text.ts';
import type { Spot } from './spot.ts';

type RoomProps = { readonly connection: Connection; readonly action: ScriptAction };

/** One script: its editor, and Debug beside it, which tries out what stands in the editor. */
export const ScriptRoom = ({ connection: drawn, action }: RoomProps) => {
  const { userPoolId } = drawn;
  // what a save has just brought is here before the page is drawn anew
  const connection = useCall('ConnectionService', 'GetConnection', { userPoolId }).data?.connection ?? drawn;
  const { scripts } = connection;
  const isSaved = scripts.some((state) => state.action === wireAction(action) && state.saved);
  const query = useCall('ConnectionService', 'GetScript', scriptRequest(userPoolId, action), { when: isSaved });
  const draft = useDraft(userPoolId, action);
  const [spot, setSpot] = useSpot();
  const isMissing = !isSaved || reasonOf(query.error) === 'SCRIPT_NOT_FOUND';
  const saved = isMissing ? NOTHING_WRITTEN : query.data && textOf(query.data);
  useEndOfDraft({ userPoolId, action }, draft, saved);
  if (saved === undefined)
    return query.isError ? (
      <Failure error={query.error} retry={() => void query.refetch()} />
    ) : (
      <Loading what="the script" />
    );
  const current: Draft = draft ?? { base: saved, script: saved };
  const state = scripts.find((one) => one.action === wireAction(action));
  return (
    <div className="script-room">
      {state?.failing && <FailingNote state={state} onSpot={setSpot} />}
      <EditorCard
        connection={connection}
        action={action}
        saved={saved}
        version={isMissing ? connection.version : (query.data?.version ?? connection.version)}
        draft={current}
        spot={spot}
        onChange={(change) => setDraft(userPoolId, action, { ...current, script: { ...current.script, ...change } })}
      />
      <DebugPanel connection={connection} action={action} draft={current} saved={saved} onSpot={setSpot} />
    </div>
  );
};

const textOf = ({ source, language }: GetScriptResponse): ScriptText => ({ source, language: languageOf(language) });

type Place = { readonly userPoolId: string; readonly action: ScriptAction };

/** What is saved as it stands in the editor is no draft: a save may have been taken though its answer was lost. */
const useEndOfDraft = ({ userPoolId, action }: Place, draft: Draft | undefined, saved: ScriptText | undefined) => {
  const isDone = draft !== undefined && saved !== undefined && isSameScript(draft.script, saved);
  useEffect(() => {
    if (isDone) setDraft(userPoolId, action, undefined);
  }, [isDone, userPoolId, action]);
};

type FailingProps = { readonly state: ScriptState; readonly onSpot: (spot: Spot) => void };

const FailingNote = ({ state, onSpot }: FailingProps) => (
  <section className="script-failing" aria-label="Failing">
    <p className="quiet">With this version, the last call of a user came to no decision:</p>
    {state.lastError && <ErrorBox error={state.lastError} onSpot={onSpot} />}
  </section>
);

/** Where in the script to look: a link may name a line, and so may an error. */
const useSpot = (): [Spot | undefined, (spot: Spot) => void] => {
  const { query } = usePlace();
  const line = Number(query.get('line') ?? 0);
  const [spot, setSpot] = useState<Spot | undefined>(() =>
    line > 0 ? { line, column: Number(query.get('column') ?? 1), at: 0 } : undefined,
  );
  return [spot, setSpot];
};

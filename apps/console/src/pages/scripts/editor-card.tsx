import { useQueryClient } from '@tanstack/react-query';
import type { Connection } from '@userferry/contracts/json-types';
import type { ScriptAction } from '@userferry/script-contract';
import { lazy, Suspense } from 'react';
import { wireAction } from '../../api/script-actions.ts';
import { wireLanguage } from '../../api/script-languages.ts';
import { keyOf, useAct } from '../../api/use-call.ts';
import { ActionButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { useNotice } from '../../components/notice.tsx';
import { Failure, Loading } from '../../components/page-state.tsx';
import { href } from '../../router/router.ts';
import { DESCRIPTIONS } from './descriptions.ts';
import { type Draft, setDraft } from './drafts.ts';
import { LanguageChoice } from './language-choice.tsx';
import { ProblemList } from './problem-list.tsx';
import { scriptRequest } from './script-request.ts';
import { isSameScript, type ScriptText } from './script-text.ts';
import type { Spot } from './spot.ts';
import { TemplatePicker } from './template-picker.tsx';
import { useProblems } from './use-problems.ts';

const ScriptEditor = lazy(async () => ({ default: (await import('./editor/script-editor.tsx')).ScriptEditor }));

type EditorCardProps = {
  readonly connection: Connection;
  readonly action: ScriptAction;
  readonly saved: ScriptText;
  readonly draft: Draft;
  readonly spot: Spot | undefined;
  readonly onChange: (change: Partial<ScriptText>) => void;
};

export const EditorCard = ({ connection, action, saved, draft, spot, onChange }: EditorCardProps) => {
  const { userPoolId } = connection;
  const { source, language } = draft.script;
  const check = useProblems(userPoolId, action, draft.script);
  const save = useAct('ConnectionService', 'SaveScript');
  const say = useNotice();
  const client = useQueryClient();
  const changed = !isSameScript(draft.script, draft.base);
  const submit = () => {
    const written = { source, language: wireLanguage(language) };
    const onSuccess = () => {
      // what was saved is known: the editor need not wait for it, and keeps its cursor
      client.setQueryData(keyOf('ConnectionService', 'GetScript', scriptRequest(userPoolId, action)), {
        ...written,
        version: '0',
      });
      setDraft(userPoolId, action, undefined);
      say(`The ${action} script is saved.`);
    };
    save.mutate({ userPoolId, action: wireAction(action), ...written }, { onSuccess });
  };
  return (
    <Card
      title={action}
      description={DESCRIPTIONS[action]}
      aside={<a href={href('pools', userPoolId, 'versions')}>Versions</a>}
    >
      {changed && !isSameScript(draft.base, saved) && (
        <div className="note note-warn">
          <p>
            <strong>Somebody saved another version of this script</strong> while you were writing. Saving replaces it.
          </p>
          <ActionButton kind="plain" small onPress={() => setDraft(userPoolId, action, undefined)}>
            Drop mine and take theirs
          </ActionButton>
        </div>
      )}
      <div className="editor-bar">
        <LanguageChoice language={language} onChange={(chosen) => onChange({ language: chosen })} />
        <TemplatePicker
          userPoolId={userPoolId}
          action={action}
          source={source}
          onChoose={(chosen) => onChange({ source: chosen })}
        />
      </div>
      <Suspense fallback={<Loading what="the editor" />}>
        <ScriptEditor
          label={`Source of the ${action} script`}
          source={source}
          language={language}
          problems={check.problems}
          envNames={connection.envNames}
          modules={check.modules}
          action={action}
          spot={spot}
          onChange={(typed) => onChange({ source: typed })}
          onSave={submit}
        />
      </Suspense>
      <ProblemList check={check} isEmpty={source.trim() === ''} />
      {save.isError && <Failure error={save.error} title="Not saved." />}
      <div className="actions actions-end">
        <ActionButton kind="plain" isDisabled={!changed} onPress={() => setDraft(userPoolId, action, undefined)}>
          Discard changes
        </ActionButton>
        <ActionButton isDisabled={!changed} busy={save.isPending} onPress={submit}>
          Save script
        </ActionButton>
      </div>
    </Card>
  );
};

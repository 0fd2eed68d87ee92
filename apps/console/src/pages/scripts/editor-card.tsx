import type { Connection } from '@userferry/contracts/json-types';
import type { ScriptAction } from '@userferry/script-contract';
import { lazy, Suspense } from 'react';
import { reasonOf } from '../../api/api-error.ts';
import { ActionButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Failure, Loading } from '../../components/page-state.tsx';
import { href } from '../../router/router.ts';
import { DESCRIPTIONS } from './descriptions.ts';
import { type Draft, setDraft } from './drafts.ts';
import { LanguageChoice } from './language-choice.tsx';
import { ProblemList } from './problem-list.tsx';
import { ReplacedNote } from './replaced-note.tsx';
import { isSameScript, type ScriptText } from './script-text.ts';
import type { Spot } from './spot.ts';
import { TemplatePicker } from './template-picker.tsx';
import { useProblems } from './use-problems.ts';
import { useSaveScript } from './use-save-script.ts';

const ScriptEditor = lazy(async () => ({ default: (await import('./editor/script-editor.tsx')).ScriptEditor }));

type EditorCardProps = {
  readonly connection: Connection;
  readonly action: ScriptAction;
  readonly saved: ScriptText;
  /** Of the connection, in which `saved` was seen. */
  readonly version: string;
  readonly draft: Draft;
  readonly spot: Spot | undefined;
  readonly onChange: (change: Partial<ScriptText>) => void;
};

export const EditorCard = ({ connection, action, saved, version, draft, spot, onChange }: EditorCardProps) => {
  const { userPoolId } = connection;
  const { source, language } = draft.script;
  const check = useProblems(userPoolId, action, draft.script);
  const save = useSaveScript({ userPoolId, action, version }, draft.script);
  const changed = !isSameScript(draft.script, draft.base);
  const isReplaced = changed && !isSameScript(draft.base, saved);
  const isToldAbove = isReplaced && reasonOf(save.error) === 'CONCURRENT_CHANGE';
  const drop = () => {
    save.forget();
    setDraft(userPoolId, action, undefined);
  };
  return (
    <Card
      title={action}
      description={DESCRIPTIONS[action]}
      aside={<a href={href('pools', userPoolId, 'versions')}>Versions</a>}
    >
      {isReplaced && <ReplacedNote onTakeTheirs={drop} />}
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
          onSave={save.submit}
        />
      </Suspense>
      <ProblemList check={check} isEmpty={source.trim() === ''} />
      {save.error && changed && !isToldAbove && <Failure error={save.error} title="Not saved." />}
      <div className="actions actions-end">
        <ActionButton kind="plain" isDisabled={!changed} onPress={drop}>
          Discard changes
        </ActionButton>
        <ActionButton isDisabled={!changed} busy={save.isSaving} onPress={save.submit}>
          Save script
        </ActionButton>
      </div>
    </Card>
  );
};

import type { Connection } from '@userferry/contracts/json-types';
import { ACTIONS, type ScriptAction } from '@userferry/script-contract';
import { type FormEvent, useState } from 'react';
import { textToBytes } from '../../api/bytes.ts';
import { wireAction } from '../../api/script-actions.ts';
import { wireLanguage } from '../../api/script-languages.ts';
import { useAct } from '../../api/use-call.ts';
import { ActionButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Failure } from '../../components/page-state.tsx';
import { TextField } from '../../components/text-field.tsx';
import { useOnce } from '../../components/use-once.ts';
import type { Draft } from '../scripts/drafts.ts';
import { isSameScript, type ScriptText } from '../scripts/script-text.ts';
import type { Spot } from '../scripts/spot.ts';
import { ARGUMENT_FORMS, type ArgumentField, ArgumentProblem, type ArgumentValues } from './argument-fields.ts';
import { TestResult } from './test-result.tsx';

type DebugProps = {
  readonly connection: Connection;
  readonly action: ScriptAction;
  readonly draft: Draft;
  readonly saved: ScriptText;
  readonly onSpot: (spot: Spot) => void;
};

/** Runs what stands in the editor with arguments of one's own. Nothing is written here, whatever comes out. */
export const DebugPanel = ({ connection, action, draft, saved, onSpot }: DebugProps) => {
  const [values, setValues] = useState<ArgumentValues>({});
  const [problem, setProblem] = useState<string>();
  const test = useAct('ConnectionService', 'TestScript');
  const { source, language } = draft.script;
  const isDraft = !isSameScript(draft.script, saved);
  const run = useOnce(test.isPending, () => {
    try {
      const args = ARGUMENT_FORMS[action].toArgs(values);
      setProblem(undefined);
      test.mutate({
        userPoolId: connection.userPoolId,
        action: wireAction(action),
        argsJson: textToBytes(JSON.stringify(args)),
        ...(isDraft && { source, language: wireLanguage(language) }),
      });
    } catch (error) {
      if (!(error instanceof ArgumentProblem)) throw error;
      setProblem(error.message);
    }
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run();
  };
  return (
    <Card
      title="Debug"
      description={
        isDraft
          ? 'Runs what stands in the editor, saved or not. Nothing about a user is written here.'
          : 'Runs the saved script. Nothing about a user is written here.'
      }
    >
      {ACTIONS[action].writes && (
        <p className="note note-warn">
          <span>
            <strong>This script writes.</strong> What it changes in your own database, it really changes.
          </span>
        </p>
      )}
      <form className="debug-form" onSubmit={submit} aria-label={`Arguments of ${action}`}>
        {ARGUMENT_FORMS[action].fields.map((field) => (
          <ArgumentInput
            key={field.name}
            field={field}
            value={values[field.name] ?? ''}
            onChange={(value) => setValues({ ...values, [field.name]: value })}
          />
        ))}
        {problem !== undefined && (
          <p className="field-error" role="alert">
            {problem}
          </p>
        )}
        <div className="actions">
          <ActionButton type="submit" busy={test.isPending} isDisabled={source.trim() === ''}>
            Test
          </ActionButton>
        </div>
      </form>
      {test.isError && <Failure error={test.error} title="Not run." />}
      <div aria-live="polite">
        {test.data && !test.isPending && <TestResult action={action} answer={test.data} onSpot={onSpot} />}
      </div>
    </Card>
  );
};

type InputProps = { readonly field: ArgumentField; readonly value: string; readonly onChange: (value: string) => void };

const ArgumentInput = ({ field, value, onChange }: InputProps) => (
  <TextField
    label={field.label}
    value={value}
    onChange={onChange}
    type={field.kind === 'password' ? 'password' : 'text'}
    inputMode={field.kind === 'number' ? 'numeric' : 'text'}
    {...(field.kind === 'json' && { rows: 3, mono: true })}
    {...(field.placeholder !== undefined && { placeholder: field.placeholder })}
    {...withDescription(field, value)}
  />
);

const withDescription = ({ description, sentAs }: ArgumentField, value: string) => {
  const told = value === '' ? description : (sentAs?.(value) ?? description);
  return told === undefined ? {} : { description: told };
};

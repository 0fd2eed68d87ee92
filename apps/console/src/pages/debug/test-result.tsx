import type { TestScriptResponse } from '@userferry/contracts/json-types';
import type { ScriptAction } from '@userferry/script-contract';
import { bytesToText } from '../../api/bytes.ts';
import { Badge } from '../../components/badge.tsx';
import type { Spot } from '../scripts/spot.ts';
import { ErrorBox } from './error-box.tsx';
import { LogLines } from './log-lines.tsx';
import { outcomeWords } from './outcomes.ts';
import { ProfileFields } from './profile-fields.tsx';
import { Timings } from './timings.tsx';

type ResultProps = {
  readonly action: ScriptAction;
  readonly answer: TestScriptResponse;
  readonly onSpot: (spot: Spot) => void;
};

/** What came out of a test: the outcome, what the call would have done, and everything that leads to either. */
export const TestResult = ({ action, answer, onSpot }: ResultProps) => {
  const { run, wouldHave, profileFields } = answer;
  if (run === undefined) return null;
  const words = outcomeWords(run.outcome);
  return (
    <div className="result">
      <div className="result-head">
        <h3>Outcome</h3>
        <Badge tone={words.tone}>{words.name}</Badge>
      </div>
      <p>{words.sentence}</p>
      {wouldHave && (
        <p className="would-have">
          <strong>A real {action === 'login' ? 'login' : 'call'}:</strong> {wouldHave.message}
        </p>
      )}
      {run.error && <ErrorBox error={run.error} onSpot={onSpot} />}
      {profileFields.length > 0 && <ProfileFields fields={profileFields} />}
      {run.resultJson !== '' && <Returned json={bytesToText(run.resultJson)} />}
      <LogLines lines={run.logs} />
      {run.usage && <Timings usage={run.usage} />}
    </div>
  );
};

const Returned = ({ json }: { readonly json: string }) => (
  <details className="returned">
    <summary>What the script returned</summary>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must by keyboard too */}
    <pre className="mono code" tabIndex={0}>
      {pretty(json)}
    </pre>
  </details>
);

const pretty = (json: string): string => {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
};

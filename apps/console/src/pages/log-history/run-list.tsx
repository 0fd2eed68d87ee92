import type { ScriptRun } from '@userferry/contracts/json-types';
import { actionOf } from '../../api/script-actions.ts';
import { Badge } from '../../components/badge.tsx';
import { ActionButton } from '../../components/button.tsx';
import { Time } from '../../components/time.tsx';
import { outcomeWords } from '../debug/outcomes.ts';

type ListProps = { readonly runs: readonly ScriptRun[]; readonly onOpen: (run: ScriptRun) => void };

/** Runs that have ended, the newest first. */
export const RunList = ({ runs, onOpen }: ListProps) => (
  <ul className="runs">
    {runs.map((run) => (
      <RunRow key={run.runId} run={run} onOpen={() => onOpen(run)} />
    ))}
  </ul>
);

const RunRow = ({ run, onOpen }: { readonly run: ScriptRun; readonly onOpen: () => void }) => {
  const { name, tone } = outcomeWords(run.outcome);
  const action = actionOf(run.action) ?? 'script';
  return (
    <li className="run">
      <span className="run-when">
        <Time at={run.endedAt} />
      </span>
      <span className="run-what">
        <span className="mono">{action}</span> <Badge tone={tone}>{name}</Badge>{' '}
        {run.test && <Badge tone="plain">Debug</Badge>}
      </span>
      <span className="run-error quiet">{run.error?.message}</span>
      <span className="run-ms quiet">{run.usage && `${Math.round(run.usage.wallMs)} ms`}</span>
      <ActionButton kind="plain" small onPress={onOpen} label={`Details of a run of ${action}: ${name}`}>
        Details
      </ActionButton>
    </li>
  );
};

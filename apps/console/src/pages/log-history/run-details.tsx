import type { ScriptRun } from '@userferry/contracts/json-types';
import { actionOf } from '../../api/script-actions.ts';
import { Badge } from '../../components/badge.tsx';
import { ActionButton } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { Time } from '../../components/time.tsx';
import { go, href } from '../../router/router.ts';
import { ErrorBox } from '../debug/error-box.tsx';
import { LogLines } from '../debug/log-lines.tsx';
import { outcomeWords } from '../debug/outcomes.ts';
import { Timings } from '../debug/timings.tsx';
import type { Spot } from '../scripts/spot.ts';

type DetailsProps = { readonly userPoolId: string; readonly run: ScriptRun; readonly onClose: () => void };

/** All that the log history keeps of one run. No arguments and no results are in it: they are a user's. */
export const RunDetails = ({ userPoolId, run, onClose }: DetailsProps) => {
  const action = actionOf(run.action) ?? 'login';
  const { name, tone, sentence } = outcomeWords(run.outcome);
  const toLine = ({ line, column }: Spot) => {
    onClose();
    go(`${href('pools', userPoolId, 'scripts', action)}?line=${line}&column=${column}`);
  };
  return (
    <Dialog title={`Run of ${action}`} isOpen onClose={onClose} wide>
      <div className="result-head">
        <Badge tone={tone}>{name}</Badge> {run.test && <Badge tone="plain">Debug</Badge>}
      </div>
      <p>{sentence}</p>
      {run.error && <ErrorBox error={run.error} onSpot={toLine} />}
      <RunFacts run={run} />
      <LogLines lines={run.logs} />
      {run.usage && <Timings usage={run.usage} />}
      <div className="actions actions-end">
        <ActionButton kind="plain" onPress={onClose}>
          Close
        </ActionButton>
      </div>
    </Dialog>
  );
};

const RunFacts = ({ run: { endedAt, version, requestId, usage } }: { readonly run: ScriptRun }) => (
  <dl className="facts">
    <dt>Ended</dt>
    <dd>
      <Time at={endedAt} />
    </dd>
    <dt>Version</dt>
    <dd>{version}</dd>
    <dt>Request</dt>
    <dd className="mono">
      {requestId} {requestId !== '' && <CopyButton what="Request id" text={requestId} />}
    </dd>
    {usage?.connectionsOpened !== undefined && (
      <>
        <dt>Connections</dt>
        <dd>
          {usage.connectionsOpened} opened, {usage.connectionsReused ?? 0} kept from earlier runs
        </dd>
      </>
    )}
    {usage && (
      <>
        <dt>Memory</dt>
        <dd>{(Number(usage.heapBytes) / 1e6).toFixed(1)} MB</dd>
      </>
    )}
  </dl>
);

import type { ScriptRun } from '@userferry/contracts/json-types';
import { useMemo, useState } from 'react';
import { reasonOf } from '../../api/api-error.ts';
import { useCall } from '../../api/use-call.ts';
import { ActionButton } from '../../components/button.tsx';
import { Empty, Loaded } from '../../components/page-state.tsx';
import { Pager, usePages } from '../../components/pager.tsx';
import { useTitle } from '../../components/use-title.ts';
import { replaceQuery, usePlace } from '../../router/router.ts';
import type { PoolPageProps } from '../pool-page-props.ts';
import { RunDetails } from './run-details.tsx';
import { filterOf, isUnfiltered, queryOf, type RunFilter, runsAsked } from './run-filter.ts';
import { RunFilters } from './run-filters.tsx';
import { RunList } from './run-list.tsx';

const PAGE_SIZE = 50;
const LIVE_MS = 2_000;

/** What has run, and how it ended; on the first page, as it happens. */
export const LogHistoryPage = ({ pool }: PoolPageProps) => {
  useTitle(`Log history of ${pool.name}`);
  const { userPoolId } = pool;
  const { query: place } = usePlace();
  const filter = filterOf(place);
  const question = place.toString();
  const pages = usePages(question);
  const [live, setLive] = useState(true);
  const [open, setOpen] = useState<ScriptRun>();
  const isLive = live && pages.number === 1;
  // from when the filter was chosen: the pages of one question belong together
  const asked = useMemo(() => runsAsked(filterOf(new URLSearchParams(question)), Date.now()), [question]);
  const request = { userPoolId, pageSize: PAGE_SIZE, pageToken: pages.token, ...asked };
  const options = { keepPrevious: true, everyMs: isLive ? LIVE_MS : (false as const) };
  const query = useCall('ConnectionService', 'ListScriptRuns', request, options);
  return (
    <div className="stack-wide">
      <div className="page-head">
        <div>
          <h1>Log history</h1>
          <p className="quiet">Runs of your scripts. Passwords, arguments and results are never in it.</p>
        </div>
        <LiveSwitch live={isLive} onChange={setLive} isDisabled={pages.number > 1} />
      </div>
      <RunFilters filter={filter} onChange={(changed) => replaceQuery(queryOf(changed))} />
      {reasonOf(query.error) === 'CONNECTION_NOT_FOUND' ? (
        <Empty title="There is no connection yet">Runs are shown here once a script has run.</Empty>
      ) : (
        <Loaded query={query} what="the log history">
          {({ runs, nextPageToken }) => (
            <>
              {runs.length === 0 ? <NoRuns filter={filter} /> : <RunList runs={runs} onOpen={setOpen} />}
              <Pager pages={pages} next={nextPageToken} />
            </>
          )}
        </Loaded>
      )}
      {open && <RunDetails userPoolId={userPoolId} run={open} onClose={() => setOpen(undefined)} />}
    </div>
  );
};

const NoRuns = ({ filter }: { readonly filter: RunFilter }) =>
  isUnfiltered(filter) ? (
    <Empty title="Nothing has run yet">A login, or a test in Debug, shows up here within seconds.</Empty>
  ) : (
    <Empty title="No run matches" />
  );

type LiveProps = {
  readonly live: boolean;
  readonly onChange: (live: boolean) => void;
  readonly isDisabled: boolean;
};

const LiveSwitch = ({ live, onChange, isDisabled }: LiveProps) => (
  <ActionButton kind="plain" small isDisabled={isDisabled} onPress={() => onChange(!live)}>
    <span className={live ? 'live-dot live-on' : 'live-dot'} aria-hidden="true" />
    {live ? 'Live: pause' : 'Paused: go live'}
  </ActionButton>
);

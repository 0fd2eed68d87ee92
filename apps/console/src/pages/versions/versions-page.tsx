import type { ConnectionVersion } from '@userferry/contracts/json-types';
import { useState } from 'react';
import { reasonOf } from '../../api/api-error.ts';
import { actionOf } from '../../api/script-actions.ts';
import { useCall } from '../../api/use-call.ts';
import { Badge } from '../../components/badge.tsx';
import { ActionButton } from '../../components/button.tsx';
import { Empty, Loaded } from '../../components/page-state.tsx';
import { Pager, usePages } from '../../components/pager.tsx';
import { Time } from '../../components/time.tsx';
import { useTitle } from '../../components/use-title.ts';
import type { PoolPageProps } from '../pool-page-props.ts';
import { DiffDialog } from './diff-dialog.tsx';
import { RollbackDialog } from './rollback-dialog.tsx';

const PAGE_SIZE = 20;

type Open =
  | { readonly what: 'diff'; readonly version: ConnectionVersion; readonly isFirst: boolean }
  | { readonly what: 'rollback'; readonly version: ConnectionVersion };

/** Every version of mode, settings and scripts; any of them can be compared with the current one, and brought back. */
export const VersionsPage = ({ pool }: PoolPageProps) => {
  useTitle(`Versions of ${pool.name}`);
  const { userPoolId } = pool;
  const pages = usePages(userPoolId);
  const request = { userPoolId, pageSize: PAGE_SIZE, pageToken: pages.token };
  const query = useCall('ConnectionService', 'ListScriptVersions', request, { keepPrevious: true });
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  return (
    <div className="stack-wide">
      <div>
        <h1>Versions</h1>
        <p className="quiet">Every save makes one: mode, settings and scripts together.</p>
      </div>
      {reasonOf(query.error) === 'CONNECTION_NOT_FOUND' ? (
        <Empty title="There is no connection yet">Its first version comes with the first save.</Empty>
      ) : (
        <Loaded query={query} what="versions">
          {({ versions, nextPageToken }) => (
            <>
              <ul className="versions">
                {versions.map((version, index) => (
                  <VersionRow
                    key={version.version}
                    version={version}
                    onDiff={() => {
                      const isFirst = index === versions.length - 1 && nextPageToken === '';
                      setOpen({ what: 'diff', version, isFirst });
                    }}
                    onRollback={() => setOpen({ what: 'rollback', version })}
                  />
                ))}
              </ul>
              <Pager pages={pages} next={nextPageToken} />
            </>
          )}
        </Loaded>
      )}
      {open?.what === 'diff' && (
        <DiffDialog userPoolId={userPoolId} version={open.version} isFirst={open.isFirst} onClose={close} />
      )}
      {open?.what === 'rollback' && <RollbackDialog userPoolId={userPoolId} version={open.version} onClose={close} />}
    </div>
  );
};

type RowProps = { readonly version: ConnectionVersion; readonly onDiff: () => void; readonly onRollback: () => void };

const VersionRow = ({ version, onDiff, onRollback }: RowProps) => {
  const { version: number, current, changes, savedAt, savedBy, scripts } = version;
  const names = scripts.map((action) => actionOf(action)).filter((name) => name !== undefined);
  return (
    <li className="card version">
      <div className="version-facts">
        <p className="version-name">
          Version {number} {current && <Badge tone="good">current</Badge>}
        </p>
        <p>{changes.length === 0 ? 'Nothing changed' : `Changed: ${changes.join(', ')}`}</p>
        <p className="quiet small">
          <Time at={savedAt} /> by <span className="mono">{savedBy}</span>
          {names.length > 0 && <> · scripts: {names.join(', ')}</>}
        </p>
      </div>
      <div className="actions">
        <ActionButton kind="plain" small onPress={onDiff} label={`Changes of version ${number}`}>
          Changes
        </ActionButton>
        {!current && (
          <ActionButton kind="plain" small onPress={onRollback} label={`Roll back to version ${number}`}>
            Roll back
          </ActionButton>
        )}
      </div>
    </li>
  );
};

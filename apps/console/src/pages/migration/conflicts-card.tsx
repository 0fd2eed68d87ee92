import type { IdentifierConflict } from '@userferry/contracts/json-types';
import { useState } from 'react';
import { useCall } from '../../api/use-call.ts';
import { ActionButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Loaded } from '../../components/page-state.tsx';
import { Pager, usePages } from '../../components/pager.tsx';
import { Time } from '../../components/time.tsx';
import { legacyId } from '../users/legacy-id.ts';
import { ResolveDialog } from './resolve-dialog.tsx';

const PAGE_SIZE = 20;

/** Users who have proven who they are and cannot be stored, since somebody here has one of their identifiers. */
export const ConflictsCard = ({ userPoolId }: { readonly userPoolId: string }) => {
  const pages = usePages(userPoolId);
  const request = { userPoolId, pageSize: PAGE_SIZE, pageToken: pages.token };
  const query = useCall('ConnectionService', 'ListConflicts', request, { keepPrevious: true });
  const [open, setOpen] = useState<IdentifierConflict>();
  return (
    <Card
      title="Conflicts"
      description="These users have proven their password, but somebody here has one of their identifiers. They cannot log in until you decide."
    >
      <Loaded query={query} what="conflicts">
        {({ conflicts, nextPageToken }) => (
          <>
            {conflicts.length === 0 ? (
              <p className="quiet">There is no conflict.</p>
            ) : (
              <ul className="rows">
                {conflicts.map((conflict) => (
                  <ConflictRow key={conflict.conflictId} conflict={conflict} onResolve={() => setOpen(conflict)} />
                ))}
              </ul>
            )}
            <Pager pages={pages} next={nextPageToken} />
          </>
        )}
      </Loaded>
      {open && <ResolveDialog userPoolId={userPoolId} conflict={open} onClose={() => setOpen(undefined)} />}
    </Card>
  );
};

type RowProps = { readonly conflict: IdentifierConflict; readonly onResolve: () => void };

const ConflictRow = ({ conflict, onResolve }: RowProps) => {
  const { kind, value, userId, externalRef, lastSeenAt, timesSeen } = conflict;
  return (
    <li className="row">
      <div className="row-facts">
        <p>
          {kind} <strong>{value}</strong>
        </p>
        <p className="quiet small">
          Legacy user <span className="mono">{legacyId(externalRef)}</span>, user here{' '}
          <span className="mono">{userId}</span> · seen {timesSeen} {timesSeen === '1' ? 'time' : 'times'}, last{' '}
          <Time at={lastSeenAt} />
        </p>
      </div>
      <ActionButton kind="plain" small onPress={onResolve} label={`Resolve the conflict about ${value}`}>
        Resolve …
      </ActionButton>
    </li>
  );
};

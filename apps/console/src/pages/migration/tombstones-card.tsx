import type { Tombstone } from '@userferry/contracts/json-types';
import { useState } from 'react';
import { useAct, useCall } from '../../api/use-call.ts';
import { ActionButton } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Confirm } from '../../components/dialog.tsx';
import { useNotice } from '../../components/notice.tsx';
import { Failure, Loaded } from '../../components/page-state.tsx';
import { Pager, usePages } from '../../components/pager.tsx';
import { Time } from '../../components/time.tsx';
import { legacyId } from '../users/legacy-id.ts';

const PAGE_SIZE = 20;

/** Users who were deleted here and whom no login brings back. */
export const TombstonesCard = ({ userPoolId }: { readonly userPoolId: string }) => {
  const pages = usePages(userPoolId);
  const request = { userPoolId, pageSize: PAGE_SIZE, pageToken: pages.token };
  const query = useCall('ConnectionService', 'ListTombstones', request, { keepPrevious: true });
  const [open, setOpen] = useState<Tombstone>();
  return (
    <Card title="Tombstones" description="Users who were deleted here. No login brings them back.">
      <Loaded query={query} what="tombstones">
        {({ tombstones, nextPageToken }) => (
          <>
            {tombstones.length === 0 ? (
              <p className="quiet">Nobody was deleted.</p>
            ) : (
              <ul className="rows">
                {tombstones.map((tombstone) => (
                  <TombstoneRow key={tombstone.tombstoneId} tombstone={tombstone} onLift={() => setOpen(tombstone)} />
                ))}
              </ul>
            )}
            <Pager pages={pages} next={nextPageToken} />
          </>
        )}
      </Loaded>
      {open && <LiftDialog userPoolId={userPoolId} tombstone={open} onClose={() => setOpen(undefined)} />}
    </Card>
  );
};

const nameOf = ({ identifiers, externalRef, tombstoneId }: Tombstone): string =>
  identifiers[0] ?? legacyId(externalRef) ?? tombstoneId;

const TombstoneRow = ({ tombstone, onLift }: { readonly tombstone: Tombstone; readonly onLift: () => void }) => (
  <li className="row">
    <div className="row-facts">
      <p>{tombstone.identifiers.length > 0 ? tombstone.identifiers.join(', ') : nameOf(tombstone)}</p>
      <p className="quiet small">
        Deleted <Time at={tombstone.deletedAt} /> by <span className="mono">{tombstone.deletedBy}</span>
        {legacyId(tombstone.externalRef) !== undefined && (
          <>
            {' '}
            · legacy id <span className="mono">{legacyId(tombstone.externalRef)}</span>
          </>
        )}
      </p>
    </div>
    <ActionButton kind="plain" small onPress={onLift} label={`Lift the tombstone of ${nameOf(tombstone)}`}>
      Lift …
    </ActionButton>
  </li>
);

type LiftProps = { readonly userPoolId: string; readonly tombstone: Tombstone; readonly onClose: () => void };

const LiftDialog = ({ userPoolId, tombstone, onClose }: LiftProps) => {
  const lift = useAct('ConnectionService', 'LiftTombstone');
  const say = useNotice();
  const done = () => {
    onClose();
    say(`${nameOf(tombstone)} may come back.`);
  };
  return (
    <Confirm
      title={`Let ${nameOf(tombstone)} come back?`}
      isOpen
      action="Lift tombstone"
      busy={lift.isPending}
      onConfirm={() => lift.mutate({ userPoolId, tombstoneId: tombstone.tombstoneId }, { onSuccess: done })}
      onCancel={onClose}
    >
      <p>
        The next login of this user runs your login script again and, when it says yes, migrates the user anew. Their
        identifiers can be registered again, too. What was stored about the deleted user does not come back.
      </p>
      {lift.isError && <Failure error={lift.error} />}
    </Confirm>
  );
};

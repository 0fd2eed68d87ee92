import type { GetMigrationProgressResponse } from '@userferry/contracts/json-types';
import { Card } from '../../components/card.tsx';
import { Time } from '../../components/time.tsx';
import { href } from '../../router/router.ts';

const NUMBER = new Intl.NumberFormat();
const PERCENT = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });

type ProgressProps = { readonly userPoolId: string; readonly progress: GetMigrationProgressResponse };

/** How many have moved over, of how many, and when the rest will have. */
export const ProgressCard = ({ userPoolId, progress }: ProgressProps) => {
  const { migrated, legacyTotal, legacyLoginShare, forecast } = progress;
  return (
    <Card title="Progress">
      {legacyTotal === undefined ? (
        <p>
          <strong className="figure">{NUMBER.format(Number(migrated))}</strong> users have migrated. How many there are
          in all is known once there is a{' '}
          <a href={href('pools', userPoolId, 'scripts', 'listUsers')}>listUsers script</a> that says so.
        </p>
      ) : (
        <ProgressBar migrated={Number(migrated)} total={Number(legacyTotal)} />
      )}
      <dl className="facts">
        <dt>Logins that still need your database</dt>
        <dd>
          {legacyLoginShare === undefined
            ? 'nobody has logged in within seven days'
            : `${PERCENT.format(legacyLoginShare)} of the last seven days`}
        </dd>
        <dt>Forecast</dt>
        <dd>
          {forecast === undefined ? (
            'cannot be said at the pace of the last seven days'
          ) : (
            <>
              the rest will have migrated by <Time at={forecast} dayOnly />
            </>
          )}
        </dd>
      </dl>
    </Card>
  );
};

const ProgressBar = ({ migrated, total }: { readonly migrated: number; readonly total: number }) => {
  const share = total === 0 ? 1 : Math.min(migrated / total, 1);
  return (
    <div className="progress">
      <p id="progress-says">
        <strong className="figure">{PERCENT.format(share)}</strong> {NUMBER.format(migrated)} of {NUMBER.format(total)}{' '}
        users have migrated
      </p>
      <progress className="progress-bar" max={1} value={share} aria-labelledby="progress-says" />
    </div>
  );
};

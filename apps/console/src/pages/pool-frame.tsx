import { type ComponentType, lazy, Suspense, useEffect, useRef } from 'react';
import { useCall } from '../api/use-call.ts';
import { ErrorBoundary } from '../components/error-boundary.tsx';
import { Empty, Failure, Loading } from '../components/page-state.tsx';
import { useUnsavedNames } from '../components/unsaved.tsx';
import { href } from '../router/router.ts';
import { ConnectionPage } from './connection/connection-page.tsx';
import type { PoolPageProps } from './pool-page-props.ts';
import { PlanNote } from './pools/plan-note.tsx';

type PoolPage = { readonly id: string; readonly name: string; readonly page: ComponentType<PoolPageProps> };

/** The pages of a pool, in the order of the navigation; all but the first come when they are asked for. */
const PAGES: readonly PoolPage[] = [
  { id: 'connection', name: 'Connection', page: ConnectionPage },
  {
    id: 'scripts',
    name: 'Scripts',
    page: lazy(async () => ({ default: (await import('./scripts/scripts-page.tsx')).ScriptsPage })),
  },
  {
    id: 'versions',
    name: 'Versions',
    page: lazy(async () => ({ default: (await import('./versions/versions-page.tsx')).VersionsPage })),
  },
  {
    id: 'log-history',
    name: 'Log history',
    page: lazy(async () => ({ default: (await import('./log-history/log-history-page.tsx')).LogHistoryPage })),
  },
  {
    id: 'migration',
    name: 'Migration',
    page: lazy(async () => ({ default: (await import('./migration/migration-page.tsx')).MigrationPage })),
  },
  {
    id: 'users',
    name: 'Users',
    page: lazy(async () => ({ default: (await import('./users/users-page.tsx')).UsersPage })),
  },
];

export const PoolFrame = ({
  userPoolId,
  parts,
}: {
  readonly userPoolId: string;
  readonly parts: readonly string[];
}) => {
  const pool = useCall('UserPoolService', 'GetUserPool', { userPoolId });
  const [id = 'connection', ...rest] = parts;
  const found = PAGES.find((page) => page.id === id);
  const userPool = pool.data?.userPool;
  if (userPool === undefined)
    return (
      <div className="page">
        {pool.isError ? (
          <Failure error={pool.error} retry={() => void pool.refetch()} />
        ) : (
          <Loading what="the user pool" />
        )}
      </div>
    );
  return (
    <div className="frame">
      <div className="frame-side">
        <a className="frame-up" href={href()}>
          All user pools
        </a>
        <p className="frame-pool">{userPool.name}</p>
        <PoolNav userPoolId={userPoolId} current={id} />
      </div>
      <div className="frame-page">
        <PlanNote pool={userPool} />
        {found === undefined ? (
          <Empty title="There is no such page" action={<a href={href('pools', userPoolId)}>To the connection</a>} />
        ) : (
          <ErrorBoundary key={id}>
            <Suspense fallback={<Loading what={found.name.toLowerCase()} />}>
              <found.page pool={userPool} parts={rest} />
            </Suspense>
          </ErrorBoundary>
        )}
      </div>
    </div>
  );
};

const PoolNav = ({ userPoolId, current }: { readonly userPoolId: string; readonly current: string }) => {
  const here = useRef<HTMLAnchorElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the ref is another link when the page is another
  useEffect(() => {
    // on a phone the navigation is wider than the page
    here.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [current]);
  const drafts = useUnsavedNames().some((name) => name.startsWith(`${userPoolId} script `));
  return (
    <nav aria-label="User pool" className="nav">
      <ul>
        {PAGES.map(({ id, name }) => (
          <li key={id}>
            <a
              ref={id === current ? here : undefined}
              href={href('pools', userPoolId, id)}
              aria-current={id === current ? 'page' : undefined}
            >
              {name}
              {id === 'scripts' && drafts && (
                <span className="dot">
                  <span className="hidden">, not all saved</span>
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
};

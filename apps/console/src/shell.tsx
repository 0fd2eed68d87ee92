import { useEffect, useRef } from 'react';
import { Logo } from './components/logo.tsx';
import { OfflineBar } from './components/offline-bar.tsx';
import { Empty } from './components/page-state.tsx';
import { ThemeSwitch } from './components/theme-switch.tsx';
import { LeaveGuard } from './components/unsaved.tsx';
import { PoolFrame } from './pages/pool-frame.tsx';
import { PoolsPage } from './pages/pools/pools-page.tsx';
import { href, usePlace } from './router/router.ts';
import { SignOut } from './session/sign-out.tsx';

/** What is around every page: the bar above, the place for the page, and what asks before something is lost. */
export const Shell = () => {
  const { parts } = usePlace();
  const main = useRef<HTMLElement>(null);
  const page = parts.join('/');
  const first = useRef(page);
  useEffect(() => {
    // a screen reader goes on where the new page begins, and not at the link that led to it
    if (page !== first.current) main.current?.focus();
    first.current = page;
  }, [page]);
  return (
    <>
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <header className="bar">
        <a className="bar-home" href={href()} aria-label="Userferry, all user pools">
          <Logo />
        </a>
        <div className="bar-end">
          <ThemeSwitch />
          <SignOut />
        </div>
      </header>
      <OfflineBar />
      <main id="main" ref={main} tabIndex={-1}>
        <Page parts={parts} />
      </main>
      <LeaveGuard />
    </>
  );
};

const Page = ({ parts }: { readonly parts: readonly string[] }) => {
  const [room, userPoolId, ...rest] = parts;
  if (room === undefined) return <PoolsPage />;
  if (room === 'pools' && userPoolId !== undefined)
    return <PoolFrame key={userPoolId} userPoolId={userPoolId} parts={rest} />;
  return (
    <div className="page">
      <Empty title="There is no such page" action={<a href={href()}>All user pools</a>} />
    </div>
  );
};

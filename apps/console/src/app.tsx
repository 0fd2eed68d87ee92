import { NoticeProvider } from './components/notice.tsx';
import { Failure, Loading } from './components/page-state.tsx';
import { ExpiredDialog } from './session/expired-dialog.tsx';
import { SessionProvider, useSession } from './session/session.tsx';
import { SignInPage } from './session/sign-in-page.tsx';
import { Shell } from './shell.tsx';

export const App = () => (
  <NoticeProvider>
    <SessionProvider>
      <Signed />
    </SessionProvider>
  </NoticeProvider>
);

const Signed = () => {
  const { state, ask } = useSession();
  if (state.kind === 'asking')
    return (
      <main className="centered">
        <Loading what="the console" />
      </main>
    );
  if (state.kind === 'unknown')
    return (
      <main className="centered">
        <Failure error={state.error} retry={() => void ask()} />
      </main>
    );
  if (state.kind === 'signed-out') return <SignInPage />;
  return (
    <>
      <Shell />
      {state.expired && <ExpiredDialog />}
    </>
  );
};

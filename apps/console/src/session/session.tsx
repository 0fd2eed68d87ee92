import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { forgetUnsaved } from '../components/unsaved.tsx';
import { goInstead } from '../router/router.ts';
import { onSignedInElsewhere, tellOtherTabs } from './other-tabs.ts';
import { createQueries, isSignedOut } from './queries.ts';
import { readSession, type SessionFacts, signOut } from './session-api.ts';

export type SessionState =
  | { readonly kind: 'asking' }
  | { readonly kind: 'unknown'; readonly error: unknown }
  | { readonly kind: 'signed-out' }
  | { readonly kind: 'signed-in'; readonly facts: SessionFacts; readonly expired: boolean };

type Session = {
  readonly state: SessionState;
  readonly ask: () => Promise<void>;
  readonly enter: (facts: SessionFacts) => void;
  readonly leave: () => Promise<void>;
};

const SessionContext = createContext<Session | undefined>(undefined);

export const useSession = (): Session => {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('there is no SessionProvider above');
  return session;
};

/**
 * Holds who is signed in. A session that ends while the page is used is said, and what was typed stays; with whoever signs
 * in as somebody else, everything of the one before goes.
 */
export const SessionProvider = ({ children }: { readonly children: ReactNode }) => {
  const [state, setState] = useState<SessionState>({ kind: 'asking' });
  const [queries] = useState(() =>
    createQueries(() => setState((now) => (now.kind === 'signed-in' ? { ...now, expired: true } : now))),
  );
  const ask = useCallback(async () => {
    setState({ kind: 'asking' });
    const found = await readState();
    if (found.kind === 'signed-in') tellOtherTabs();
    setState(found);
  }, []);
  useEffect(() => void ask(), [ask]);
  useRejoin(state, setState, queries);
  const session = useMemo<Session>(
    () => ({
      state,
      ask,
      enter: (facts) => {
        if (location.search !== '') history.replaceState(history.state, '', `${location.pathname}${location.hash}`);
        if (state.kind === 'signed-in' && state.facts.callerId !== facts.callerId) forgetEverything(queries);
        else void queries.invalidateQueries();
        setState({ kind: 'signed-in', facts, expired: false });
        tellOtherTabs();
      },
      leave: async () => {
        await signOut();
        queries.clear();
        setState({ kind: 'signed-out' });
      },
    }),
    [state, ask, queries],
  );
  return (
    <SessionContext value={session}>
      {/* a page is built anew for another caller: what it shows is kept in it, too */}
      <QueryClientProvider key={callerOf(state)} client={queries}>
        {children}
      </QueryClientProvider>
    </SessionContext>
  );
};

/**
 * A session that has ended goes on once the same caller is signed in in another tab; for anybody else the dialog stays. Who is
 * told tells nobody: two tabs for which it stays would ask in turn without end.
 */
const useRejoin = (state: SessionState, setState: (state: SessionState) => void, queries: QueryClient): void => {
  useEffect(() => {
    if (state.kind !== 'signed-in' || !state.expired) return;
    return onSignedInElsewhere(async () => {
      const found = await readState();
      if (found.kind !== 'signed-in' || found.facts.callerId !== state.facts.callerId) return;
      void queries.invalidateQueries();
      setState(found);
    });
  }, [state, setState, queries]);
};

const callerOf = (state: SessionState): string => (state.kind === 'signed-in' ? state.facts.callerId : '');

const forgetEverything = (queries: QueryClient): void => {
  queries.clear();
  forgetUnsaved();
  goInstead('#/');
};

const readState = async (): Promise<SessionState> => {
  try {
    return { kind: 'signed-in', facts: await readSession(), expired: false };
  } catch (error) {
    return isSignedOut(error) ? { kind: 'signed-out' } : { kind: 'unknown', error };
  }
};

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { ApiError, isPassing } from '../api/api-error.ts';
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

const isSignedOut = (error: unknown): boolean => error instanceof ApiError && error.status === 401;

const createQueries = (onSignedOut: () => void): QueryClient => {
  const onError = (error: unknown) => isSignedOut(error) && onSignedOut();
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { staleTime: 5_000, retry: (count, error) => isPassing(error) && count < 2, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
};

/** Holds who is signed in. A session that ends while the page is used is said, and what was typed stays. */
export const SessionProvider = ({ children }: { readonly children: ReactNode }) => {
  const [state, setState] = useState<SessionState>({ kind: 'asking' });
  const [queries] = useState(() =>
    createQueries(() => setState((now) => (now.kind === 'signed-in' ? { ...now, expired: true } : now))),
  );
  const ask = useCallback(async () => {
    setState({ kind: 'asking' });
    setState(await readState());
  }, []);
  useEffect(() => void ask(), [ask]);
  const session = useMemo<Session>(
    () => ({
      state,
      ask,
      enter: (facts) => {
        if (location.search !== '') history.replaceState(null, '', `${location.pathname}${location.hash}`);
        setState({ kind: 'signed-in', facts, expired: false });
        void queries.invalidateQueries();
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
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </SessionContext>
  );
};

const readState = async (): Promise<SessionState> => {
  try {
    return { kind: 'signed-in', facts: await readSession(), expired: false };
  } catch (error) {
    return isSignedOut(error) ? { kind: 'signed-out' } : { kind: 'unknown', error };
  }
};

import { MutationCache, type MutationObserver, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError, isPassing } from '../api/api-error.ts';

export const isSignedOut = (error: unknown): boolean => error instanceof ApiError && error.status === 401;

/** What the page has asked and is told; `onSignedOut` whenever an answer says that nobody is signed in any more. */
export const createQueries = (onSignedOut: () => void): QueryClient => {
  const onError = (error: unknown) => isSignedOut(error) && onSignedOut();
  const mutationCache = new MutationCache({ onError });
  leaveToDialog(mutationCache);
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache,
    defaultOptions: {
      queries: { staleTime: 5_000, retry: (count, error) => isPassing(error) && count < 2, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
};

// biome-ignore lint/suspicious/noExplicitAny: of whatever call; this is the cache's own type
type AnyObserver = MutationObserver<any, any, any, any>;

/**
 * That a session has ended is for the dialog to say. Beside a form it would stay when one is signed in again, in words for
 * programs ("send the header …"): there the call is as if it had not been made.
 */
const leaveToDialog = (cache: MutationCache): void => {
  const observers = new Map<unknown, Set<AnyObserver>>();
  cache.subscribe((event) => {
    const { mutation } = event;
    if (event.type === 'observerAdded')
      observers.set(mutation, (observers.get(mutation) ?? new Set<AnyObserver>()).add(event.observer));
    if (event.type === 'observerRemoved') observers.get(mutation)?.delete(event.observer);
    if (event.type === 'removed') observers.delete(mutation);
    if (event.type === 'updated' && event.action.type === 'error' && isSignedOut(event.action.error))
      for (const observer of [...(observers.get(mutation) ?? [])]) observer.reset();
  });
};

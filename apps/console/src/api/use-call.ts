import {
  keepPreviousData,
  type QueryKey,
  type UseQueryOptions,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { reasonOf } from './api-error.ts';
import { call, type Method, type RequestOf, type ResponseOf, type Service } from './call.ts';

type Options = {
  /** Ask only when this holds. */
  readonly when?: boolean;
  /** Ask again after so long, as long as the page is looked at. */
  readonly everyMs?: number | false;
  /** Keep showing the answer of the request before while the next one is on its way. */
  readonly keepPrevious?: boolean;
  /** The same request has the same answer whatever is changed: it is asked once. */
  readonly fixed?: boolean;
};

export const keyOf = (service: Service, method: string, request?: unknown): QueryKey =>
  request === undefined ? [service, method] : [service, method, request];

/** An answer that is read: kept, asked for again when it is old, and cancelled when nobody looks any more. */
export const useCall = <S extends Service, M extends Method<S>>(
  service: S,
  method: M,
  request: RequestOf<S, M>,
  { when = true, everyMs = false, keepPrevious = false, fixed = false }: Options = {},
): UseQueryResult<ResponseOf<S, M>> =>
  useQuery<ResponseOf<S, M>>({
    queryKey: keyOf(service, method, request),
    // asked again by the clock; the first time, somebody came or chose what to see
    queryFn: ({ signal, client, queryKey }) =>
      call(service, method, request, signal, everyMs !== false && client.getQueryData(queryKey) !== undefined),
    enabled: when,
    refetchInterval: everyMs,
    ...(fixed && { staleTime: Number.POSITIVE_INFINITY, meta: { fixed } }),
    ...(keepPrevious && { placeholderData: keepPreviousData }),
  } as UseQueryOptions<ResponseOf<S, M>>);

/** A call that changes something; what was read before may be old then, and is asked for again. */
export const useAct = <S extends Service, M extends Method<S>>(service: S, method: M) => {
  const client = useQueryClient();
  return useMutation<ResponseOf<S, M>, Error, RequestOf<S, M>>({
    mutationFn: (request) => call(service, method, request),
    // such a call has not begun: to make it again is safe
    retry: (count, error) => count < 3 && reasonOf(error) === 'RUNNER_OVERLOADED',
    gcTime: 0, // a request may hold a password: nothing keeps it once it is answered
    // not waited for: who asked is told at once
    onSuccess: () => void client.invalidateQueries({ predicate: ({ meta }) => meta?.fixed !== true }),
  });
};

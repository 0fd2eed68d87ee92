import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '../api/api-error.ts';
import { ActionButton } from './button.tsx';

export const Loading = ({ what }: { readonly what: string }) => (
  <div className="loading" role="status">
    <span className="spinner" aria-hidden="true" /> Loading {what} …
  </div>
);

/** What went wrong, in the words of whoever knows. */
export const messageOf = (error: unknown): string =>
  error instanceof ApiError ? error.message : 'Something went wrong in this page.';

type FailureProps = { readonly error: unknown; readonly retry?: () => void; readonly title?: string };

/** What is wrong, in the words of whoever knows, and a way on. */
export const Failure = ({ error, retry, title }: FailureProps) => {
  const known = error instanceof ApiError ? error : undefined;
  return (
    <div className="note note-bad" role="alert">
      <p>
        <strong>{title ?? titleOf(known)}</strong> {messageOf(error)}
      </p>
      {known?.requestId && <p className="quiet small">Request {known.requestId}</p>}
      {retry && (
        <ActionButton kind="plain" small onPress={retry}>
          Try again
        </ActionButton>
      )}
    </div>
  );
};

const titleOf = (error: ApiError | undefined): string => {
  if (error?.reason === 'OFFLINE') return 'Offline.';
  if (error?.status === 403) return 'Not allowed.';
  return 'That did not work.';
};

type EmptyProps = { readonly title: string; readonly children?: ReactNode; readonly action?: ReactNode };

export const Empty = ({ title, children, action }: EmptyProps) => (
  <div className="empty">
    <p className="empty-title">{title}</p>
    {children !== undefined && <div className="quiet">{children}</div>}
    {action}
  </div>
);

type LoadedProps<T> = {
  readonly query: UseQueryResult<T>;
  readonly what: string;
  readonly children: (data: T) => ReactNode;
};

/** The three ends of a question: on its way, failed (with what was known before, if anything), answered. */
export const Loaded = <T,>({ query, what, children }: LoadedProps<T>) => {
  const retry = () => void query.refetch();
  if (query.data === undefined)
    return query.isError ? <Failure error={query.error} retry={retry} /> : <Loading what={what} />;
  return (
    <>
      {query.isError && <Failure error={query.error} retry={retry} title="This may be out of date." />}
      {children(query.data)}
    </>
  );
};

import { Metadata } from '@grpc/grpc-js';
import { REQUEST_ID_HEADER, TRACEPARENT_HEADER } from '../call-facts.ts';
import { type Affinity, putAffinity } from './affinity/affinity.ts';
import type { SentCall } from './watch-sent-call.ts';

/** What every call needs: an id that runs through all services, and an end. */
export type CallContext = {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  readonly affinity?: Affinity;
};

/** The same with what its client knows. */
export type SentContext = CallContext & { readonly token: string | undefined; readonly isOwn: boolean };

/** A method as generated code spells it: `userferry.runner.v1.ScriptRunnerService`, `runScript`. */
export type Method = { readonly service: string; readonly method: string };

/** What goes beside a call's requests: its id, its span, who calls. */
export const sentMetadata = (
  { requestId, token, affinity }: Pick<SentContext, 'requestId' | 'token' | 'affinity'>,
  { traceparent }: SentCall,
): Metadata => {
  const metadata = new Metadata();
  metadata.set(REQUEST_ID_HEADER, requestId);
  if (traceparent !== undefined) metadata.set(TRACEPARENT_HEADER, traceparent);
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
  if (affinity !== undefined) putAffinity(metadata, affinity);
  return metadata;
};

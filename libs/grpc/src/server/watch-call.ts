import type { Metadata } from '@grpc/grpc-js';
import { REASONS, type ServiceError } from '@userferry/errors';
import { count, type LiveSpan, observe, startSpan } from '@userferry/telemetry';
import { TRACEPARENT_HEADER } from '../call-facts.ts';

/** A call as metrics and traces see it: its name, its time and its code, nothing of request or response. */
export type WatchedCall = {
  readonly span: LiveSpan;
  /** Milliseconds since it arrived. */
  readonly ms: () => number;
  readonly ended: (error?: ServiceError) => void;
};

const MS = 1_000;

/** Begins to watch a call that has arrived. `path`: `/package.Service/Method`. A stream's length is no latency. */
export const watchCall = (
  path: string,
  metadata: Metadata,
  { isStream }: { readonly isStream: boolean },
): WatchedCall => {
  const started = performance.now();
  const [, rpc_service = '', rpc_method = ''] = path.split('/');
  const traceparent = metadata.get(TRACEPARENT_HEADER)[0];
  const span = startSpan(`${rpc_service}/${rpc_method}`, {
    kind: 'server',
    facts: { 'rpc.system.name': 'grpc', 'rpc.method': `${rpc_service}/${rpc_method}` },
    traceparent: traceparent === undefined ? undefined : String(traceparent),
  });
  const ms = () => performance.now() - started;
  const ended = (error?: ServiceError) => {
    const code = error === undefined ? 'OK' : REASONS[error.reason].code;
    count('userferry_grpc_server_calls_total', { rpc_service, rpc_method, code });
    if (!isStream) observe('userferry_grpc_server_call_seconds', ms() / MS, { rpc_service, rpc_method });
    span.add({ 'rpc.response.status_code': code });
    // What a caller did wrong is no failure of the server.
    span.end({ failed: error !== undefined && REASONS[error.reason].blame === 'us' ? error.reason : undefined });
  };
  return { span, ms, ended };
};

import { status } from '@grpc/grpc-js';
import { count, observe, startSpan } from '@userferry/telemetry';

/** A call to another service as metrics and traces see it. */
export type SentCall = {
  /** Tells the other service which span it works for; `undefined` where nothing is traced. */
  readonly traceparent: string | undefined;
  /** `code`: gRPC's, absent when all went well. */
  readonly ended: (code?: status) => void;
};

const MS = 1_000;

/**
 * Begins to watch a call that is about to be sent, repeats included. `method` as generated code spells it: `runScript`. A
 * stream's length is no latency.
 */
export const watchSentCall = (
  rpc_service: string,
  method: string,
  { isStream = false }: { readonly isStream?: boolean } = {},
): SentCall => {
  const started = performance.now();
  const rpc_method = `${method.charAt(0).toUpperCase()}${method.slice(1)}`;
  const name = `${rpc_service}/${rpc_method}`;
  const span = startSpan(name, { kind: 'client', facts: { 'rpc.system.name': 'grpc', 'rpc.method': name } });
  const ended = (error?: status) => {
    const code = (error === undefined ? 'OK' : (status[error] ?? 'UNKNOWN')) as 'OK';
    count('userferry_grpc_client_calls_total', { rpc_service, rpc_method, code });
    if (!isStream)
      observe('userferry_grpc_client_call_seconds', (performance.now() - started) / MS, { rpc_service, rpc_method });
    span.add({ 'rpc.response.status_code': code });
    span.end({ failed: error === undefined ? undefined : code });
  };
  return { traceparent: span.traceparent, ended };
};

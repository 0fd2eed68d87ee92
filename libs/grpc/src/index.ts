import './strict-text.ts';

export { type Caller, type CallFacts, REQUEST_ID_HEADER } from './call-facts.ts';
export { checkHealth, type HealthQuestion } from './client/check-health.ts';
export {
  type ClientConstructor,
  createClient,
  FROZEN_FOUND_MS,
  type GrpcClientOptions,
  type PromiseClient,
} from './client/create-client.ts';
export type { OpenCall } from './client/open-call.ts';
export { isRefusedByOurOwn } from './client/refused-by-our-own.ts';
export { replicaAddresses } from './client/replica-addresses.ts';
export type { CallContext } from './client/sent-metadata.ts';
export { shavedDeadline } from './deadline.ts';
export { type AnswerJson, type JsonCall, jsonCalls } from './json/json-calls.ts';
export { jsonDepthProblem } from './json/json-depth.ts';
export { readOpenApi } from './json/open-api.ts';
export { type AdmissionOptions, requestIdFrom } from './server/admit-call.ts';
export type { Handler } from './server/answer-call.ts';
export { type Authenticate, bearerToken, serviceTokenAuthenticate } from './server/authenticate.ts';
export type { ListeningHandler } from './server/client-stream.ts';
export {
  createServer,
  type RunningServer,
  type ServerOptions,
  type ServiceHandlers,
} from './server/create-server.ts';
export { LIVENESS } from './server/health.ts';
export type { StreamHandler } from './server/server-stream.ts';
export { service } from './server/service.ts';
export { LAST_TIME_MS, timeField } from './timestamps.ts';
export type { CertificateFiles } from './tls/certificate-set.ts';
export { type Certificates, createCertificates } from './tls/certificates.ts';
export type { ClientTls, ServerTls } from './tls/credentials.ts';
export { openTls, tlsTo } from './tls/open-tls.ts';

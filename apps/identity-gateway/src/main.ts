import { openTls, tlsTo } from '@userferry/grpc';
import { runService } from '@userferry/process';
import { startTelemetry } from '@userferry/telemetry';
import packageJson from '../package.json' with { type: 'json' };
import { createSigningKeys } from './access/token/signing-keys.ts';
import { createVerifyToken } from './access/token/verify-token.ts';
import { createKeyUses } from './background/key-uses.ts';
import { onceStoreServes } from './background/once-store-serves.ts';
import { createSettlements } from './background/settlements.ts';
import { createConnectionStore } from './clients/connection-store.ts';
import { createHistoryStore } from './clients/history-store.ts';
import { createLoginStore } from './clients/login-store.ts';
import { createPoolStore } from './clients/pool-store.ts';
import { createPublicIpsClient } from './clients/public-ips.ts';
import { createRunnerClient } from './clients/runner.ts';
import { createStoreHealth } from './clients/store-health.ts';
import { createUserStore } from './clients/user-store.ts';
import { readConfig } from './config.ts';
import { createGatewayCalls, createIdentityGateway } from './create-identity-gateway.ts';
import { createRunLog } from './history/run-log.ts';
import { createAnswerSigner } from './http/answer-signer.ts';
import { consolePages } from './http/console/console-pages.ts';
import { createHttpServer } from './http/create-http-server.ts';
import { createLastKnownIps } from './http/last-known-ips.ts';
import { createOidcIssuer } from './http/oidc/oidc-issuer.ts';
import { createSealer } from './http/session/sealer.ts';

await runService('identity-gateway', readConfig, async (config, { log, stack, onStop }) => {
  const telemetry = stack.use(
    await startTelemetry({ service: 'identity-gateway', version: packageJson.version, config: config.telemetry, log }),
  );
  const [token] = config.serviceTokens;
  const tls = stack.use(await openTls(config.transport, log));
  const toStore = [config.migrationAddress, token, tlsTo(tls, 'migration-service')] as const;
  const logins = stack.use(createLoginStore(...toStore));
  const users = stack.use(createUserStore(...toStore));
  const history = stack.use(createHistoryStore(...toStore));
  const connections = stack.use(createConnectionStore(...toStore));
  const pools = stack.use(createPoolStore(history, ...toStore));
  const runner = stack.use(createRunnerClient(config.runnerAddress, token, tlsTo(tls, 'script-runner')));
  const publicIps = stack.use(createPublicIpsClient(config.publicIpAddress, token, tlsTo(tls, 'public-ip-service')));
  const { note: noteKeyUse } = stack.use(createKeyUses({ store: pools, log }));
  const verifyToken = config.tokens && createVerifyToken(config.tokens, createSigningKeys({ ...config.tokens, log }));
  const { settle } = stack.use(createSettlements(logins, log));
  const { record: recordRun } = stack.use(createRunLog(history, log));
  const lastKnownIps = createLastKnownIps({ publicIps, staleMsMax: config.publicIpStaleMsMax, log });
  const signAnswer = config.publicIpSigningKey && createAnswerSigner(config.publicIpSigningKey);
  const stores = { logins, users, connections, pools, history };
  const calls = createGatewayCalls(config, { log, ...stores, runner, settle, recordRun, noteKeyUse, verifyToken });
  const oidc = config.oidc && { name: config.oidc.name, issuer: createOidcIssuer(config.oidc) };
  const forHttp = {
    host: config.host,
    port: config.httpPort,
    trustedProxies: config.trustedProxies,
    certificates: tls?.certificates,
    lastKnownIps,
    signAnswer,
    api: { calls, sealer: createSealer(config.consoleSecret, log), oidc },
    console: consolePages(config.consoleFolder, log),
    log,
  };
  const http = stack.use(await createHttpServer(forHttp));
  const server = stack.use(await createIdentityGateway({ ...config, tls }, calls));
  for (const { announceStop } of [server, http]) onStop(announceStop);
  const ready = () => {
    server.setServing(true);
    http.setReady(true);
    log.info({ port: server.port, httpPort: http.port, metricsPort: telemetry.metricsPort }, 'ready');
  };
  stack.use(onceStoreServes(stack.use(createStoreHealth(...toStore)), ready, { log }));
});

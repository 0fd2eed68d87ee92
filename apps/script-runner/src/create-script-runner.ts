import {
  type ScriptRunnerServiceServer,
  ScriptRunnerServiceService,
} from '@userferry/contracts/runner/v1/script_runner_service';
import { createServer, type RunningServer, type ServerTls, service, serviceTokenAuthenticate } from '@userferry/grpc';
import type { Logger } from '@userferry/process';
import type { Sandbox } from '@userferry/sandbox';
import type { Config } from './config.ts';
import { checkScript } from './handlers/check-script.ts';
import { runScript } from './handlers/run-script.ts';
import { sandboxFacts } from './sandbox-facts.ts';
import { createStartedRuns } from './started-runs.ts';

/** Starts the service on the configured address. The sandbox stays its owner's to close. */
export const createScriptRunner = (
  config: Pick<Config, 'host' | 'port' | 'serviceTokens'> & {
    readonly connectionAgeMs?: number | undefined;
    readonly tls?: ServerTls | undefined;
  },
  { log, sandbox }: { readonly log: Logger; readonly sandbox: Sandbox },
): Promise<RunningServer> => {
  const handlers = { runScript: runScript(sandbox, createStartedRuns()), checkScript: checkScript(sandbox) };
  return createServer({
    host: config.host,
    port: config.port,
    tls: config.tls,
    services: [service<ScriptRunnerServiceServer>(ScriptRunnerServiceService, handlers)],
    authenticate: serviceTokenAuthenticate(config.serviceTokens),
    log,
    callMsMax: 35_000,
    connectionAgeMs: config.connectionAgeMs,
    healthFacts: sandboxFacts(sandbox.level),
  });
};

import { openTls } from '@userferry/grpc';
import { createLogger, runService } from '@userferry/process';
import { createSandbox } from '@userferry/sandbox';
import { readConfig } from './config.ts';
import { createScriptRunner } from './create-script-runner.ts';
import { startEgressAddress } from './egress-address/start-egress-address.ts';

const boot = createLogger({ service: 'script-runner', level: 'info' });

await runService(boot, async (stack) => {
  const config = readConfig();
  const log = createLogger({ service: 'script-runner', level: config.logLevel });
  const tls = stack.use(await openTls(config.transport, log));
  const ownPorts = new Set([config.port]);
  const sandbox = await createSandbox({
    runtimeFolder: config.runtimeFolder,
    stateFolder: config.stateFolder,
    egress: { allow: config.egressAllow, never: config.egressNever, ownPorts },
    maxHosts: config.isolateHostsMax,
    blankHosts: config.blankHosts,
    reuseConnections: config.reuseConnections,
    requiredLevel: config.requiredLevel,
    log,
  });
  stack.defer(() => sandbox.close());
  const server = stack.use(await createScriptRunner({ ...config, tls }, { log, sandbox }));
  // Where the system chose it.
  ownPorts.add(server.port);
  stack.use(startEgressAddress({ ...config, tls }, log));
  log.info({ port: server.port, sandbox: sandbox.level }, 'ready');
});

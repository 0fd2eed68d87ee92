import { openTls } from '@userferry/grpc';
import { runService } from '@userferry/process';
import { createSandbox } from '@userferry/sandbox';
import { readConfig } from './config.ts';
import { createScriptRunner } from './create-script-runner.ts';
import { startEgressAddress } from './egress-address/start-egress-address.ts';

await runService('script-runner', readConfig, async (config, { log, stack, onStop }) => {
  const tls = stack.use(await openTls(config.transport, log));
  const ownPorts = new Set([config.port]);
  const sandbox = await createSandbox({
    runtimeFolder: config.runtimeFolder,
    stateFolder: config.stateFolder,
    egress: { allow: config.egressAllow, never: config.egressNever, ownPorts },
    maxHosts: config.isolateHostsMax,
    blankHosts: config.blankHosts,
    requiredLevel: config.requiredLevel,
    log,
  });
  stack.defer(() => sandbox.close());
  const server = stack.use(await createScriptRunner({ ...config, tls }, { log, sandbox }));
  onStop(server.announceStop);
  sandbox.onHealth((canStartHosts) => {
    log.warn(
      { serving: canStartHosts },
      canStartHosts ? 'isolate hosts start again' : 'no isolate host can be started',
    );
    server.setServing(canStartHosts);
  });
  // Where the system chose it.
  ownPorts.add(server.port);
  stack.use(startEgressAddress({ ...config, tls }, log));
  log.info({ port: server.port, sandbox: sandbox.level }, 'ready');
});

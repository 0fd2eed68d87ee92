import { openTls } from '@userferry/grpc';
import { runService } from '@userferry/process';
import { createSandbox } from '@userferry/sandbox';
import { startTelemetry } from '@userferry/telemetry';
import packageJson from '../package.json' with { type: 'json' };
import { readConfig } from './config.ts';
import { createScriptRunner } from './create-script-runner.ts';
import { startEgressAddress } from './egress-address/start-egress-address.ts';
import { sandboxWatch, showSandbox } from './watch-sandbox.ts';

await runService('script-runner', readConfig, async (config, { log, stack, onStop }) => {
  const telemetry = stack.use(
    await startTelemetry({ service: 'script-runner', version: packageJson.version, config: config.telemetry, log }),
  );
  const tls = stack.use(await openTls(config.transport, log));
  const ownPorts = new Set([config.port, telemetry.metricsPort ?? config.port]);
  const sandbox = await createSandbox({
    runtimeFolder: config.runtimeFolder,
    stateFolder: config.stateFolder,
    egress: { allow: config.egressAllow, never: config.egressNever, ownPorts },
    maxHosts: config.isolateHostsMax,
    hostsBytesMax: config.isolateHostsBytesMax,
    blankHosts: config.blankHosts,
    reuseConnections: config.reuseConnections,
    isolation: config.isolation,
    requiredLevel: config.requiredLevel,
    requiredWalls: config.requiredWalls,
    log,
    watch: sandboxWatch,
  });
  stack.defer(() => sandbox.close());
  stack.use(showSandbox(sandbox, config.isolateHostsMax));
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
  log.info({ port: server.port, sandbox: sandbox.level, metricsPort: telemetry.metricsPort }, 'ready');
});

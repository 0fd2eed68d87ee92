import { createLogger, runService } from '@userferry/process';
import { createSandbox } from '@userferry/sandbox';
import { readConfig } from './config.ts';
import { createScriptRunner } from './create-script-runner.ts';

const boot = createLogger({ service: 'script-runner', level: 'info' });

await runService(boot, async (stack) => {
  const config = readConfig();
  const log = createLogger({ service: 'script-runner', level: config.logLevel });
  const sandbox = await createSandbox({
    runtimeFolder: config.runtimeFolder,
    stateFolder: config.stateFolder,
    egress: { allow: config.egressAllow },
    maxHosts: config.isolateHostsMax,
    blankHosts: config.blankHosts,
    requiredLevel: config.requiredLevel,
    log,
  });
  stack.defer(() => sandbox.close());
  const server = stack.use(await createScriptRunner(config, { log, sandbox }));
  log.info({ port: server.port, sandbox: sandbox.level }, 'ready');
});

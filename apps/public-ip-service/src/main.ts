import { openTls } from '@userferry/grpc';
import { runService } from '@userferry/process';
import { readConfig } from './config.ts';
import { createPublicIpService } from './create-public-ip-service.ts';

await runService('public-ip-service', readConfig, async (config, { log, stack, onStop }) => {
  const tls = stack.use(await openTls(config.transport, log));
  const server = stack.use(await createPublicIpService(config, { log, tls }));
  onStop(server.announceStop);
  log.info({ port: server.port, pinned: config.pinned.length }, 'ready');
});

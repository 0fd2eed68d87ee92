import { runService } from '@userferry/process';
import { readConfig } from './config.ts';
import { createPublicIpService } from './create-public-ip-service.ts';

await runService('public-ip-service', readConfig, async (config, { log, stack, onStop }) => {
  const server = stack.use(await createPublicIpService(config, { log }));
  onStop(server.announceStop);
  log.info({ port: server.port, pinned: config.pinned.length }, 'ready');
});

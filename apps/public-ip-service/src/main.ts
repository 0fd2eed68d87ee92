import { openTls } from '@userferry/grpc';
import { createLogger, runService } from '@userferry/process';
import { readConfig } from './config.ts';
import { createPublicIpService } from './create-public-ip-service.ts';

const boot = createLogger({ service: 'public-ip-service', level: 'info' });

await runService(boot, async (stack) => {
  const config = readConfig();
  const log = createLogger({ service: 'public-ip-service', level: config.logLevel });
  const tls = stack.use(await openTls(config.transport, log));
  const server = stack.use(await createPublicIpService(config, { log, tls }));
  log.info({ port: server.port, pinned: config.pinned.length }, 'ready');
});

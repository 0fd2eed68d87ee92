import { openTls } from '@userferry/grpc';
import { runService } from '@userferry/process';
import { startTelemetry } from '@userferry/telemetry';
import packageJson from '../package.json' with { type: 'json' };
import { readConfig } from './config.ts';
import { createPublicIpService } from './create-public-ip-service.ts';

await runService('public-ip-service', readConfig, async (config, { log, stack, onStop }) => {
  const telemetry = stack.use(
    await startTelemetry({ service: 'public-ip-service', version: packageJson.version, config: config.telemetry, log }),
  );
  const tls = stack.use(await openTls(config.transport, log));
  const server = stack.use(await createPublicIpService(config, { log, tls }));
  onStop(server.announceStop);
  log.info({ port: server.port, pinned: config.pinned.length, metricsPort: telemetry.metricsPort }, 'ready');
});

import { openTls } from '@userferry/grpc';
import { createLogger, runService } from '@userferry/process';
import { migrateStore, openUserStore } from '@userferry/user-store';
import { readConfig } from './config.ts';
import { createMigrationService } from './create-migration-service.ts';
import { createPasswordHasher } from './passwords/password-hasher.ts';
import { loadSecrets } from './secrets/load-secrets.ts';
import { showOperatorKey } from './show-operator-key.ts';
import { sweepStore } from './sweep-store.ts';
import { watchHealth } from './watch-health.ts';

const HEALTH_INTERVAL_MS = 2_000;
const SWEEP_INTERVAL_MS = 60_000;

const boot = createLogger({ service: 'migration-service', level: 'info' });

await runService(boot, async (stack) => {
  const config = readConfig();
  const log = createLogger({ service: 'migration-service', level: config.logLevel });
  const { encryptionKeys, peppers } = loadSecrets(config.secrets);
  const { ran, newOperatorKey } = await migrateStore({ ...config.database, operatorKey: config.operatorKey });
  showOperatorKey(newOperatorKey);
  const keyRing = { currentKeyId: encryptionKeys.currentId, keys: encryptionKeys.secrets };
  const { keptDays, attemptLimits } = config;
  const store = stack.use(await openUserStore({ ...config.database, keyRing, keptDays, attemptLimits }));
  const passwords = await createPasswordHasher({ ...config.passwords, peppers });
  const tls = stack.use(await openTls(config.transport, log));
  const server = stack.use(await createMigrationService({ ...config, tls }, { store, passwords, log }));
  stack.use(watchHealth({ store, server, log }, HEALTH_INTERVAL_MS));
  stack.use(sweepStore({ store, log }, SWEEP_INTERVAL_MS));
  log.info({ port: server.port, migrations: ran, bcryptCost: config.passwords.cost }, 'ready');
});

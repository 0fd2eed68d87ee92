import { openTls } from '@userferry/grpc';
import { runService } from '@userferry/process';
import { startTelemetry } from '@userferry/telemetry';
import { migrateStore, openUserStore } from '@userferry/user-store';
import packageJson from '../package.json' with { type: 'json' };
import { readConfig } from './config.ts';
import { createMigrationService } from './create-migration-service.ts';
import { createPasswordHasher } from './passwords/password-hasher.ts';
import { loadSecrets } from './secrets/load-secrets.ts';
import { refuseOtherPeppers } from './secrets/refuse-other-peppers.ts';
import { tellMissingSecrets } from './secrets/tell-missing-secrets.ts';
import { showOperatorKey } from './show-operator-key.ts';
import { sweepStore } from './sweep-store.ts';
import { tellOfReplica } from './tell-of-replica.ts';
import { untilStoreAnswers } from './until-store-answers.ts';
import { watchHealth } from './watch-health.ts';
import { aroundStoreCall, showStore } from './watch-store.ts';

const STORE_RETRY_MS = 2_000;
const HEALTH_INTERVAL_MS = 2_000;
const SWEEP_INTERVAL_MS = 60_000;
const COUNT_INTERVAL_MS = 300_000;

await runService('migration-service', readConfig, async (config, { log, stack, stopping, onStop }) => {
  const telemetry = stack.use(
    await startTelemetry({ service: 'migration-service', version: packageJson.version, config: config.telemetry, log }),
  );
  const { encryptionKeys, peppers } = loadSecrets(config.secrets);
  const migrate = () => migrateStore({ ...config.migration, operatorKey: config.operatorKey });
  const { ran, newOperatorKey } = await untilStoreAnswers(migrate, { log, stopping }, STORE_RETRY_MS);
  showOperatorKey(newOperatorKey);
  const keyRing = { currentKeyId: encryptionKeys.currentId, keys: encryptionKeys.secrets };
  const { keptDays, attemptLimits } = config;
  const replica = config.replica && { ...config.replica, onChange: tellOfReplica(log) };
  const kept = { keyRing, keptDays, attemptLimits };
  const store = stack.use(await openUserStore({ ...config.database, ...kept, replica, around: aroundStoreCall }));
  for (const notice of store.notices) log.warn(notice);
  for (const danger of store.dangers) log.error(danger);
  await tellMissingSecrets(store, [...peppers.secrets.keys()], log);
  await refuseOtherPeppers(store, peppers);
  if (config.telemetry.metrics) stack.use(showStore(store, { ...config.database, countEveryMs: COUNT_INTERVAL_MS }));
  const passwords = await createPasswordHasher({ ...config.passwords, peppers });
  const tls = stack.use(await openTls(config.transport, log));
  const server = stack.use(await createMigrationService({ ...config, tls }, { store, passwords, log }));
  onStop(server.announceStop);
  stack.use(watchHealth({ store, server, log }, HEALTH_INTERVAL_MS));
  stack.use(sweepStore({ store, log }, SWEEP_INTERVAL_MS));
  log.info(
    { port: server.port, migrations: ran, bcryptCost: config.passwords.cost, metricsPort: telemetry.metricsPort },
    'ready',
  );
});

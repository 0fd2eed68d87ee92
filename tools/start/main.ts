import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startPostgres } from '@userferry/local-databases';
import { type ServiceLine, startLocalServices } from '@userferry/local-services';
import { ConfigError, makeFolder } from '@userferry/process';
import { readArguments } from '../command-line/read-arguments.ts';
import { readConfig } from './config.ts';

/** Runs the four services for real use: what dies is started again, SIGINT or SIGTERM ends all in order. */
const start = async (stack: AsyncDisposableStack): Promise<void> => {
  const config = readConfig();
  // Passable for the database's own account, which is not ours when we run as root; what is secret in it is 0600.
  makeFolder(config.USERFERRY_DATA_FOLDER, 0o711);
  const databaseUrl = config.DATABASE_URL ?? (await localDatabase(stack, config));
  const services = await startLocalServices({
    ports: {
      http: config.USERFERRY_HTTP_PORT,
      gateway: config.USERFERRY_GATEWAY_PORT,
      runner: config.USERFERRY_RUNNER_PORT,
      migration: config.USERFERRY_MIGRATION_PORT,
      publicIp: config.USERFERRY_PUBLIC_IP_PORT,
    },
    databaseUrl,
    serviceToken: config.USERFERRY_SERVICE_TOKEN?.join() ?? randomBytes(32).toString('base64url'),
    env: {
      USERFERRY_KEY_FILE: join(config.USERFERRY_DATA_FOLDER, 'keys.json'),
      USERFERRY_PUBLIC_IP_STATE_FILE: join(config.USERFERRY_DATA_FOLDER, 'public-ips.json'),
      ...config.forServices,
    },
    onLine: printLine,
    restart: true,
  });
  stack.defer(() => services.stop());
  // Whoever asks twice does not wait for what still runs.
  endAtOnce = () => void services.stop();
  console.log(`
Userferry is up.
  gRPC     127.0.0.1:${config.USERFERRY_GATEWAY_PORT}
  HTTP     http://127.0.0.1:${config.USERFERRY_HTTP_PORT}
  console  http://127.0.0.1:${config.USERFERRY_HTTP_PORT}/console/
  data     ${config.DATABASE_URL === undefined ? config.USERFERRY_DATA_FOLDER : 'the database of DATABASE_URL'}
Ctrl-C stops it; a second one at once.
`);
  await stopped;
};

type Config = ReturnType<typeof readConfig>;

const localDatabase = async (stack: AsyncDisposableStack, config: Config): Promise<string> => {
  const folder = join(config.USERFERRY_DATA_FOLDER, 'postgres');
  makeFolder(folder, 0o755);
  const postgres = await startPostgres({ folder, port: config.USERFERRY_LOCAL_DATABASE_PORT });
  stack.defer(() => postgres.stop());
  for (const notice of postgres.notices) console.log(notice);
  const watch = async (): Promise<void> => {
    await postgres.ended();
    if (ending) return;
    console.error('the local database died; starting it again');
    await postgres.resume();
    return watch();
  };
  watch().catch((error: unknown) => console.error(`the local database cannot be started again: ${String(error)}`));
  return postgres.createDatabase('userferry', { owner: 'userferry' });
};

const printLine = ({ text }: ServiceLine): void => {
  process.stdout.write(`${text}\n`);
};

let ending = false;
let endAtOnce = (): void => undefined;
const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (ending) endAtOnce();
      ending = true;
      resolve();
    });
});

readArguments({});
const stack = new AsyncDisposableStack();
try {
  await Promise.race([start(stack), stopped]);
} catch (error) {
  console.error(error instanceof ConfigError || error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  ending = true;
  await stack.disposeAsync();
}

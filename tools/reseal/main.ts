import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '@userferry/local-databases';
import { ConfigError } from '@userferry/process';
import { readArguments } from '../command-line/read-arguments.ts';
import { readConfig } from '../start/config.ts';

const RESEAL = fileURLToPath(new URL('../../apps/migration-service/src/reseal.ts', import.meta.url));

type Config = ReturnType<typeof readConfig>;

/** The database that `npm start` keeps; while that runs, it is there already, under the address that it chose. */
const localDatabase = async (stack: AsyncDisposableStack, config: Config): Promise<string> => {
  const folder = join(config.USERFERRY_DATA_FOLDER, 'postgres');
  if (!existsSync(folder)) throw new Error(`there is no DATABASE_URL, and npm start has kept nothing in ${folder}`);
  const postgres = await startPostgres({ folder, port: config.USERFERRY_LOCAL_DATABASE_PORT });
  stack.defer(() => postgres.stop());
  return postgres.createDatabase('userferry', { owner: 'userferry' });
};

/** Seals everything in our store with the current key, in a process that has the keys and the database alone. */
const reseal = async (stack: AsyncDisposableStack): Promise<number> => {
  const config = readConfig();
  const databaseUrl = config.DATABASE_URL ?? (await localDatabase(stack, config));
  const keyFile = join(config.USERFERRY_DATA_FOLDER, 'keys.json');
  const env = { USERFERRY_KEY_FILE: keyFile, ...config.forServices, DATABASE_URL: databaseUrl };
  const child = spawn(process.execPath, [RESEAL], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = await once(child, 'exit');
  return code ?? 2;
};

readArguments({});
const stack = new AsyncDisposableStack();
try {
  process.exitCode = await reseal(stack);
} catch (error) {
  console.error(error instanceof ConfigError || error instanceof Error ? error.message : error);
  process.exitCode = 2;
} finally {
  await stack.disposeAsync();
}

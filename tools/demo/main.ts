import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findFreePort, startPostgres } from '@userferry/local-databases';
import {
  type Company,
  createLogin,
  type LegacyDatabase,
  type LocalServices,
  MEMBERS,
  setUpCompany,
  startLegacyDatabase,
  startLocalServices,
} from '@userferry/local-services';
import { printInvitation } from './invitation.ts';
import { story } from './story.ts';

const { values: options } = parseArgs({ options: { exit: { type: 'boolean', default: false } } });
const operatorKey = `ufk_${randomBytes(32).toString('base64url')}`;

/** Shows a step's title at once and how it came out, with its time, when it is done. */
const timed = async <T>(title: string, step: () => Promise<T>, told: (result: T) => string): Promise<T> => {
  const started = performance.now();
  const after = () => `${String(Math.round(performance.now() - started)).padStart(6)} ms`;
  try {
    const result = await step();
    console.log(`  ok ${after()}  ${title}: ${told(result)}`);
    return result;
  } catch (error) {
    console.log(`FAIL ${after()}  ${title}: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  }
};

const startServices = async (stack: AsyncDisposableStack, legacy: LegacyDatabase): Promise<LocalServices> => {
  const store = await startPostgres();
  stack.defer(() => store.stop());
  const folder = mkdtempSync(join(tmpdir(), 'userferry-demo-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const log = createWriteStream(join(folder, 'services.log'));
  stack.defer(() => new Promise<void>((resolve) => log.end(() => resolve())));
  const [http, gateway, runner, migration, publicIp] = await Promise.all(Array.from({ length: 5 }, findFreePort));
  const services = await startLocalServices({
    ports: { http, gateway, runner, migration, publicIp } as LocalServices['ports'],
    databaseUrl: await store.createDatabase('userferry', { owner: 'userferry' }),
    serviceToken: randomBytes(32).toString('base64url'),
    env: {
      PUBLIC_IPS: '192.0.2.10,192.0.2.11',
      USERFERRY_OPERATOR_KEY: operatorKey,
      USERFERRY_KEY_FILE: join(folder, 'keys.json'),
      USERFERRY_EGRESS_ALLOW: `127.0.0.1:${legacy.server.port}`,
    },
    onLine: ({ text }) => log.write(`${text}\n`),
  });
  stack.defer(() => services.stop());
  console.log(`     (the services' log: ${join(folder, 'services.log')})`);
  return services;
};

const tellStory = async (services: LocalServices, legacy: LegacyDatabase, made: Company): Promise<boolean> => {
  const { http, gateway } = services.ports;
  using login = createLogin({ address: `127.0.0.1:${gateway}`, ...made });
  let asTold = true;
  for (const { title, tell } of story({ login, legacy: legacy.server, httpUrl: `http://127.0.0.1:${http}` }))
    await timed(title, tell, (told) => told).catch(() => {
      asTold = false;
    });
  return asTold;
};

const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
});

const demo = async (stack: AsyncDisposableStack): Promise<void> => {
  const legacyTold = () => `a real PostgreSQL with ${MEMBERS} members, bcrypt hashes`;
  const legacy = await timed('a legacy database', startLegacyDatabase, legacyTold);
  stack.defer(() => legacy.server.stop());
  const services = await timed(
    'our store and four services',
    () => startServices(stack, legacy),
    () => 'ready',
  );
  const address = `127.0.0.1:${services.ports.gateway}`;
  const connect = () => setUpCompany({ address, operatorKey, legacyUrl: legacy.url });
  const made = await timed(
    'a user pool, a connection in lazy migration, its scripts',
    connect,
    () => 'made by the public API and switched on',
  );
  const asTold = await tellStory(services, legacy, made);
  if (!asTold) process.exitCode = 1;
  if (options.exit) return;
  printInvitation({ ports: services.ports, operatorKey, ...made });
  await stopped;
  console.log('\nending …');
};

const stack = new AsyncDisposableStack();
try {
  console.log('Userferry: users of an old database log in, and move over as they do\n');
  await Promise.race([demo(stack), stopped]);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await stack.disposeAsync();
}

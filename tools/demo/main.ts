import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Company,
  createLogin,
  type LocalWorld,
  MEMBERS,
  type ServiceLine,
  setUpCompany,
  startLocalWorld,
} from '@userferry/local-services';
import { readArguments } from '../command-line/read-arguments.ts';
import { printInvitation } from './invitation.ts';
import { story } from './story.ts';

const { values: options } = readArguments({ options: { exit: { type: 'boolean', default: false } } });

/** How long something took, for the story's margin. */
const stopwatch = () => {
  const started = performance.now();
  return () => `${String(Math.round(performance.now() - started)).padStart(6)} ms`;
};

/** Tells how a step came out, with its time; a step that fails is told and thrown on. */
const timed = async <T>(title: string, step: () => Promise<T>, told: (result: T) => string): Promise<T> => {
  const after = stopwatch();
  try {
    const result = await step();
    console.log(`  ok ${after()}  ${title}: ${told(result)}`);
    return result;
  } catch (error) {
    console.log(`FAIL ${after()}  ${title}: ${error instanceof Error ? error.message : String(error)}`);
    throw error;
  }
};

const PARTS = {
  legacy: `a legacy database: a real PostgreSQL with ${MEMBERS} members, bcrypt hashes`,
  store: 'our store: a real PostgreSQL',
  services: 'four services: ready',
} as const;

/** The services' log goes to a file, so that the story can be read. */
const startLog = (stack: AsyncDisposableStack): ((line: ServiceLine) => void) => {
  const folder = mkdtempSync(join(tmpdir(), 'userferry-demo-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const log = createWriteStream(join(folder, 'services.log'));
  stack.defer(() => new Promise<void>((resolve) => log.end(() => resolve())));
  console.log(`     (the services' log: ${join(folder, 'services.log')})`);
  return ({ text }) => log.write(`${text}\n`);
};

const startWorld = async (stack: AsyncDisposableStack): Promise<LocalWorld> => {
  const onLine = startLog(stack);
  let after = stopwatch();
  const onPart = (part: keyof typeof PARTS) => {
    console.log(`  ok ${after()}  ${PARTS[part]}`);
    after = stopwatch();
  };
  return stack.use(await startLocalWorld({ onLine, onPart }));
};

const tellStory = async (world: LocalWorld, company: Company): Promise<boolean> => {
  const httpUrl = `http://127.0.0.1:${world.services.ports.http}`;
  using login = createLogin({ address: world.address, ...company });
  let asTold = true;
  for (const { title, tell } of story({ login, legacy: world.legacy.server, httpUrl }))
    await timed(title, tell, (told) => told).catch(() => {
      asTold = false;
    });
  return asTold;
};

const stopped = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
});

const demo = async (stack: AsyncDisposableStack): Promise<void> => {
  const world = await startWorld(stack);
  const { address, operatorKey, legacy } = world;
  const company = await timed(
    'a user pool, a connection in lazy migration, its scripts',
    () => setUpCompany({ address, operatorKey, legacyUrl: legacy.url }),
    () => 'made by the public API and switched on',
  );
  if (!(await tellStory(world, company))) process.exitCode = 1;
  if (options.exit) return;
  printInvitation({ ports: world.services.ports, operatorKey, ...company });
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

/** Servers of MongoDB that fail in the middle of things: what plain Node says, and that it counts as an outage. */
import { type MongodbDouble, type MongodbFault, startMongodbDouble } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host?.stop());

const TOGETHER = { together: true } as const;
type Env = Readonly<Record<'URI', string>>;
const sidesOf = (env: Env) =>
  createSideBySide(
    () => host,
    () => env,
    { 'mongodb@7': 'mongodb-7' },
  );
const oldSidesOf = (env: Env) =>
  createSideBySide(
    () => host,
    () => env,
    { mongodb: 'mongodb-3', 'mongodb@3': 'mongodb-3' },
  );

/** A login that asks for one user; numbers of connections differ with what ran before in the isolate. */
const ask = (driver: string, options: string): string => `const { MongoClient } = require('${driver}');
  const client = new MongoClient(env.URI, { serverSelectionTimeoutMS: 5000, ${options} });
  try { await client.connect(); return await client.db().collection('users').findOne({ email: 'a' }) } finally { await client.close() }`;
const SAY = `const say = (e) => [e.name, e.code, e.codeName, e.message.replace(/connection \\d+/g, 'connection N'), e.constructor.name, [...(e.errorLabels || [])].sort(), e.cause instanceof Error ? say(e.cause) : null];`;
const said = (body: string): string =>
  `${SAY} try { await (async () => { ${body} })(); return 'fine' } catch (e) { return say(e) }`;

const serverError = (code: number, message: string): MongodbFault => ({
  kind: 'error',
  code,
  message,
  command: 'find',
});

type Case = readonly [what: string, fault: MongodbFault, error: string, options: string];
const SLOW = 'socketTimeoutMS: 1000';
/** A driver that has lost its server looks for it half a second later at the earliest. */
const SOON = 'serverSelectionTimeoutMS: 500';
const FAULTS: readonly Case[] = [
  ['closes the connection when it is asked', { kind: 'drop', at: 'request', command: 'find' }, 'MongoNetworkError', ''],
  ['crashes when asked', { kind: 'drop', at: 'request', reset: true, command: 'find' }, 'MongoNetworkError', ''],
  ['closes the connection in mid-reply', { kind: 'drop', at: 'mid-reply', command: 'find' }, 'MongoNetworkError', ''],
  ['never answers', { kind: 'silence', command: 'find' }, 'MongoNetworkTimeoutError', SLOW],
  ['answers too late', { kind: 'delay', delayMs: 10_000, command: 'find' }, 'MongoNetworkTimeoutError', SLOW],
  ['answers in another protocol', { kind: 'garbage', command: 'find' }, 'MongoNetworkTimeoutError', SLOW],
  [
    'never greets',
    { kind: 'silence', command: 'hello' },
    'MongoServerSelectionError',
    `${SOON}, connectTimeoutMS: 200`,
  ],
  [
    'closes the connection at once',
    { kind: 'drop', at: 'request', command: 'hello' },
    'MongoServerSelectionError',
    SOON,
  ],
  ['greets in another protocol', { kind: 'garbage', command: 'hello' }, 'MongoServerSelectionError', SOON],
  ['goes away during the login', { kind: 'drop', at: 'request', command: 'saslContinue' }, 'MongoNetworkError', ''],
  ['is shutting down', serverError(91, 'The server is in quiesce mode'), 'MongoServerError', ''],
  ['was interrupted at its end', serverError(11600, 'interrupted at shutdown'), 'MongoServerError', ''],
  ['is no longer the primary', serverError(10107, 'not primary'), 'MongoServerError', ''],
  ['ran out of its time', serverError(50, 'operation exceeded time limit'), 'MongoServerError', ''],
];

/** Faults of which a driver learns by waiting alone: their tests wait together. */
const isWaitedOut = ([, , , options]: Case): boolean => options === SLOW;
const eachOf = (faults: readonly Case[]) => (title: string, test: (...given: Case) => Promise<unknown>) => {
  it.each(faults.filter((each) => !isWaitedOut(each)))(title, async (...given) => void (await test(...given)));
  it.concurrent.each(faults.filter(isWaitedOut))(title, async (...given) => void (await test(...given)));
};

const struck = async <T>(fault: MongodbFault, run: (env: Env, double: MongodbDouble) => Promise<T>): Promise<T> => {
  await using double = await startMongodbDouble({ users: [{ user: 'ann', password: 'right' }] });
  double.inject({ ...fault, times: 1000 });
  return await run({ URI: double.uri }, double);
};

describe.each(['mongodb', 'mongodb@7'])('%s and a server that', (driver) => {
  eachOf(FAULTS)('%s: the error of plain Node', (_what, fault, error, options) =>
    struck(fault, async (env) => {
      const [name] = (await sidesOf(env).sameResult(said(ask(driver, options)), TOGETHER)) as [string];
      expect(name).toBe(error);
    }),
  );

  const run = (body: string, env: Env) => host.run(`async function login() { ${body} }`, { env, timeoutMs: 20_000 });

  eachOf(FAULTS)('%s: an outage, never a wrong password', (_what, fault, error, options) =>
    struck(fault, async (env) => {
      const outage = { outcome: 'store_unreachable', error: { name: error } };
      expect(await run(ask(driver, options), env)).toMatchObject(outage);
    }),
  );

  // `not primary` alone says too little.
  const telling = FAULTS.filter(([what]) => what !== 'is no longer the primary');
  eachOf(telling)('%s: an outage where the script says it anew, too', (_what, fault, _error, options) =>
    struck(fault, async (env) => {
      const anew = `try { ${ask(driver, options)} } catch (e) { throw new Error('Login failed: ' + e.message) }`;
      expect(await run(anew, env)).toMatchObject({ outcome: 'store_unreachable' });
    }),
  );

  it('repeats a read that a broken connection cut off, and is answered', () =>
    struck({ kind: 'drop', at: 'request', command: 'other' }, async (env, double) => {
      const cutOnce = () => double.inject({ kind: 'drop', at: 'request', command: 'find' });
      cutOnce();
      const result = await sidesOf(env).sameResult(said(ask(driver, '')), { beforeIsolate: cutOnce });
      expect(result).toBe('fine');
    }));

  it('takes a reply that comes in pieces', () =>
    struck({ kind: 'pieces', bytes: 7, command: 'find' }, async (env) => {
      expect(await sidesOf(env).sameResult(said(ask(driver, '')))).toBe('fine');
    }));

  it('what the server refuses is the script’s own affair, and no outage', () =>
    struck({ kind: 'error', code: 13, message: 'not authorized on legacy', command: 'find' }, async (env) => {
      const source = `async function login() { ${ask(driver, '')} }`;
      expect(await host.run(source, { env })).toMatchObject({ outcome: 'threw', error: { code: '13' } });
    }));
});

/** `close()` of driver 3.7 now and then never ends while a request is under way, in plain Node, too. */
const askOld = (driver: string, { command }: MongodbFault): string => `const { MongoClient } = require('${driver}');
  const client = await MongoClient.connect(env.URI, { useNewUrlParser: true, useUnifiedTopology: true, serverSelectionTimeoutMS: ${command === 'hello' ? 500 : 5000}, socketTimeoutMS: 1000, connectTimeoutMS: ${command === 'hello' ? 400 : 5000} });
  try { return await client.db().collection('users').findOne({ email: 'a' }) } finally { await Promise.race([client.close(true), new Promise((done) => setTimeout(done, 2000))]) }`;

describe('a script of the 3.6 days and a server that', () => {
  eachOf(FAULTS)('%s: an outage', (_what, fault) =>
    struck(fault, async (env) => {
      const source = `async function login() { ${askOld('mongodb', fault)} }`;
      const outage = { outcome: 'store_unreachable' };
      expect(await host.run(source, { env, timeoutMs: 20_000 })).toMatchObject(outage);
    }),
  );

  // What fails later has other names: 3.7 looks for another server where 6 connects anew.
  const early = FAULTS.filter(([, { command }]) => command !== 'find');
  eachOf(early)('%s: the name of then', (_what, fault) =>
    struck(fault, async (env) => {
      const named = `try { await (async () => { ${askOld('mongodb', fault)} })(); return 'fine' } catch (e) { return [e.name, e.code] }`;
      expect(await oldSidesOf(env).sameResult(named, TOGETHER)).not.toBe('fine');
    }),
  );
});

describe('mongodb@3 and a server that', () => {
  // After a change of the server's state, `close()` of driver 3.7 now and then never ends, in plain Node, too.
  const settled = FAULTS.filter(([, { kind }, error]) => kind !== 'error' || error !== 'MongoServerError');
  eachOf(settled)('%s: the error of plain Node, and an outage', (what, fault) =>
    struck(fault, async (env) => {
      const named = `try { await (async () => { ${askOld('mongodb@3', fault)} })(); return 'fine' } catch (e) { return [e.name, e.code] }`;
      expect(await oldSidesOf(env).sameResult(named, TOGETHER)).not.toBe('fine');
      // Driver 3.7 cannot read the other protocol, and says no more.
      if (what === 'answers in another protocol') return;
      const source = `async function login() { ${askOld('mongodb@3', fault)} }`;
      const outage = { outcome: 'store_unreachable' };
      expect(await host.run(source, { env, timeoutMs: 20_000 })).toMatchObject(outage);
    }),
  );
});

import { expect, it } from 'vitest';
import { createEgressPolicy } from './egress-policy.ts';
import type { NameSource, ResolvedAddress } from './name-source.ts';
import { createResolver } from './resolver.ts';
import { createToldNames } from './told-names.ts';

const FOUND: ResolvedAddress[] = [{ address: '8.8.8.8', family: 4 }];
const OTHER: ResolvedAddress = { address: '9.9.9.9', family: 4 };

type Pending = { readonly name: string; readonly end: () => void };

/** The system's resolver as libuv gives it to us: so many threads, each taken by a dead name until the system gives up. */
const threadPool = (threads: number) => {
  const asked: string[] = [];
  const inside = new Set<Pending>();
  const queue: (() => void)[] = [];
  const begin = (name: string, settle: PromiseWithResolvers<ResolvedAddress[]>): void => {
    if (inside.size >= threads) return void queue.push(() => begin(name, settle));
    asked.push(name);
    const end = (): void => {
      inside.delete(pending);
      if (name.startsWith('dead')) settle.reject(Object.assign(new Error('EAI_AGAIN'), { code: 'EAI_AGAIN' }));
      else settle.resolve(FOUND);
      queue.shift()?.();
    };
    const pending = { name, end };
    inside.add(pending);
    if (!/^(dead|held)/.test(name)) queueMicrotask(end);
  };
  const lookup: NameSource['lookup'] = (name) => {
    const settle = Promise.withResolvers<ResolvedAddress[]>();
    begin(name, settle);
    return settle.promise;
  };
  const names: NameSource = {
    lookup,
    resolve: async () => [],
    reverse: async () => [],
    service: (address) => lookup(`dead ${address}`, 0).then(() => ({ hostname: '', service: '' })),
  };
  const giveUp = () => [...inside].forEach(({ end }) => void end());
  return { names, asked, inside, giveUp };
};

const world = ({ threads = 8, timeoutMs = 300, hangsAfterMs = 20, known }: Options = {}) => {
  const pool = threadPool(threads);
  const names = known === undefined ? pool.names : { ...pool.names, known };
  const policy = createEgressPolicy({ allow: [] });
  const resolver = createResolver({ names, policy, timeoutMs, lookupThreads: threads, hangsAfterMs });
  const asker = (connectionKey: string) => ({ connectionKey, egress: undefined, told: createToldNames() });
  const ask = (connectionKey: string, host: string, family: 0 | 4 | 6 = 0) =>
    resolver.targets({ host, port: 5432, family }, asker(connectionKey));
  const service = (connectionKey: string, name: string) =>
    resolver.records({ type: 'service', name, family: 0, port: 443 }, asker(connectionKey));
  return { ...pool, ask, service };
};
type Options = {
  readonly threads?: number;
  readonly timeoutMs?: number;
  readonly hangsAfterMs?: number;
  readonly known?: NameSource['known'];
};

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const untilHung = () => new Promise((resolve) => setTimeout(resolve, 60));
const OPEN = { value: FOUND };
const LATE = { error: { code: 'ETIMEOUT', syscall: 'getaddrinfo' } };

it.each([
  [8, 4],
  [2, 1],
])('of %i threads, the dead names of %i connections leave one to every other connection', async (threads, dead) => {
  const { ask } = world({ threads });
  const hung = range(dead).flatMap((one) => [ask(`c${one}`, `dead${one}a.test`), ask(`c${one}`, `dead${one}b.test`)]);
  expect(await ask('other', 'public.test')).toEqual(OPEN);
  await untilHung();
  expect(await ask('another', 'public.test')).toEqual(OPEN);
  for (const answer of await Promise.all(hung)) expect(answer).toMatchObject(LATE);
});

it('connections whose lookups hung leave the last threads to others, however many they are', async () => {
  const { ask, inside, giveUp } = world({ timeoutMs: 2_000 });
  const all = range(12).map((one) => `c${one}`);
  const first = all.map((key) => ask(key, `dead-${key}.test`));
  while ((await Promise.race([Promise.all(first), untilHung()])) === undefined) giveUp();
  const again = all.map((key) => ask(key, `dead-again-${key}.test`));
  await untilHung();
  expect(inside.size).toBe(5);
  expect(await ask('other', 'public.test')).toEqual(OPEN);
  for (const answer of await Promise.all(again)) expect(answer).toMatchObject(LATE);
});

it('a connection with a lookup that hangs gets its next one when that has ended', async () => {
  const { ask, asked, giveUp } = world({ timeoutMs: 2_000 });
  const hung = ask('c', 'dead.test');
  await untilHung();
  const next = ask('c', 'public.test');
  await untilHung();
  expect(asked).toEqual(['dead.test']);
  giveUp();
  expect(await next).toEqual(OPEN);
  expect(await hung).toMatchObject({ error: { code: 'EAI_AGAIN' } });
});

it('names of services take of the same threads', async () => {
  const { ask, service, asked } = world({ threads: 2 });
  void service('c', '8.8.8.8');
  void ask('c', 'public.test');
  await untilHung();
  expect(asked).toEqual(['dead 8.8.8.8']);
});

it('who gave up waiting takes no thread later', async () => {
  const { ask, asked, giveUp } = world({ timeoutMs: 100 });
  const all = range(10).map((one) => ask('c', `dead${one}.test`));
  for (const answer of await Promise.all(all)) expect(answer).toMatchObject(LATE);
  giveUp();
  await untilHung();
  expect(asked).toEqual(['dead0.test', 'dead1.test']);
});

it('an address given as such waits for nobody', async () => {
  const { names } = threadPool(2);
  const direct: NameSource = {
    ...names,
    lookup: async (name, family) => (name === '8.8.8.8' ? FOUND : names.lookup(name, family)),
  };
  const resolver = createResolver({
    names: direct,
    policy: createEgressPolicy({ allow: [] }),
    timeoutMs: 200,
    lookupThreads: 2,
  });
  const asker = { connectionKey: 'c', egress: undefined, told: createToldNames() };
  const hung = range(5).map((one) => resolver.targets({ host: `dead${one}.test`, port: 1, family: 0 }, asker));
  expect(await resolver.targets({ host: '8.8.8.8', port: 1, family: 0 }, asker)).toEqual(OPEN);
  await Promise.all(hung);
});

it.each([8, 3])('of %i threads, who asks for the same name and family at the same time takes one', async (threads) => {
  const { ask, asked, inside, giveUp } = world({ threads, timeoutMs: 2_000 });
  const same = range(30).map((one) => ask(`c${one % 3}`, 'held.test'));
  const other = ask('c1', 'held.test', 4);
  await untilHung();
  expect(asked).toEqual(['held.test', 'held.test']);
  expect(inside.size).toBe(2);
  giveUp();
  for (const answer of await Promise.all([...same, other])) expect(answer).toEqual(OPEN);
  expect(await ask('c', 'public.test')).toEqual(OPEN);
});

it('a shared answer is judged for each who asked', async () => {
  const { names, giveUp } = threadPool(8);
  const inside = { ...names, lookup: () => names.lookup('held', 0).then(() => [{ address: '10.0.0.1', family: 4 }]) };
  const policy = createEgressPolicy({ allow: [{ host: '10.0.0.1', port: 5432 }] });
  const resolver = createResolver({ names: inside, policy, timeoutMs: 1_000 });
  const asker = { connectionKey: 'c', egress: undefined, told: createToldNames() };
  const answers = [5432, 5433].map((port) => resolver.targets({ host: 'held.test', port, family: 0 }, asker));
  await untilHung();
  giveUp();
  expect(await answers[0]).toEqual({ value: [{ address: '10.0.0.1', family: 4 }] });
  expect(await answers[1]).toMatchObject({ error: { code: 'EGRESS_DENIED' } });
});

it('what the source still knows is asked for anew, and will do where no thread is free; it is judged all the same', async () => {
  const known = (name: string) => (name === 'db.test' ? [{ address: '10.0.0.1', family: 4 }, OTHER] : undefined);
  const { ask, asked } = world({ known });
  expect(await ask('c', 'db.test')).toEqual(OPEN);
  void ask('c', 'dead.test');
  await untilHung();
  expect(await ask('c', 'db.test')).toEqual({ value: [OTHER] });
  expect(asked).toEqual(['db.test', 'dead.test']);
});

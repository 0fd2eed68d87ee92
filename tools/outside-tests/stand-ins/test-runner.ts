/** Stands in for `node:test` and for `poku`, as far as tests use them: one test after the other, the first failure counts. */
import assert from 'node:assert';
import { fail, ledger } from './ledger.ts';

type Body = (context: Context, done?: (error?: unknown) => void) => unknown;
type Context = {
  readonly name: string;
  test: (...args: unknown[]) => Promise<void>;
  skip(): void;
  todo(): void;
  diagnostic(): void;
  plan(): void;
  after(hook: () => unknown): void;
  readonly assert: typeof assert;
};

type Hooks = {
  before: (() => unknown)[];
  beforeEach: (() => unknown)[];
  afterEach: (() => unknown)[];
  after: (() => unknown)[];
};
const newHooks = (): Hooks => ({ before: [], beforeEach: [], afterEach: [], after: [] });
let hooks = newHooks();

const each = async (list: readonly (() => unknown)[]): Promise<void> => {
  for (const hook of list) await hook();
};

const call = async (body: Body, name: string): Promise<void> => {
  const later: (() => unknown)[] = [];
  const nothing = (): void => undefined;
  const context: Context = {
    name,
    test: (...args) => run(args),
    skip: nothing,
    todo: nothing,
    diagnostic: nothing,
    plan: nothing,
    after: (hook) => void later.push(hook),
    assert,
  };
  try {
    if (body.length > 1)
      await new Promise<void>((resolve, reject) => void body(context, (error) => (error ? reject(error) : resolve())));
    else await body(context);
  } finally {
    await each(later);
  }
};

const partsOf = (args: readonly unknown[]): { name: string; body: Body | undefined; isSkipped: boolean } => {
  const options = args.find((arg) => typeof arg === 'object' && arg !== null) as
    | { skip?: unknown; todo?: unknown }
    | undefined;
  return {
    name: typeof args[0] === 'string' ? args[0] : '',
    body: args.find((arg) => typeof arg === 'function') as Body | undefined,
    isSkipped: Boolean(options?.skip || options?.todo),
  };
};

const tracked = async (work: () => Promise<void>): Promise<void> => {
  ledger.pending += 1;
  try {
    await work();
  } catch (error) {
    fail(error);
    throw error;
  } finally {
    ledger.pending -= 1;
  }
};

/** Runs at once: what `poku` does, and a test within a test. */
function run(args: readonly unknown[]): Promise<void> {
  const { name, body, isSkipped } = partsOf(args);
  if (body === undefined || isSkipped) return Promise.resolve();
  const { before, beforeEach, afterEach } = hooks;
  return tracked(async () => {
    await each(before.splice(0));
    await each(beforeEach);
    try {
      await call(body, name);
    } finally {
      await each(afterEach);
    }
  });
}

let last: Promise<void> = Promise.resolve();

/** Runs after every test before it: what `node:test` does. */
const queued = (...args: unknown[]): Promise<void> => {
  const { name, body, isSkipped } = partsOf(args);
  if (body === undefined || isSkipped) return Promise.resolve();
  const mine = hooks;
  const turn = last;
  last = tracked(async () => {
    await turn;
    await each(mine.before.splice(0));
    await each(mine.beforeEach);
    await call(body, name).finally(() => each(mine.afterEach));
  });
  last.catch(() => undefined);
  return last;
};

const suiteOf = (...args: unknown[]): Promise<void> => {
  const { name, body, isSkipped } = partsOf(args);
  if (body === undefined || isSkipped) return Promise.resolve();
  const outer = hooks;
  hooks = newHooks();
  const mine = hooks;
  const ended = call(body, name)
    .then(() => last)
    .then(() => each(mine.after));
  hooks = outer;
  return tracked(() => ended);
};

const skippable = <T extends (...args: unknown[]) => unknown>(one: T) =>
  Object.assign(one, { skip: () => undefined, todo: () => undefined, only: one });

export const test = skippable((...args: unknown[]) => queued(...args));
export const it = test;
export const suite = skippable((...args: unknown[]) => suiteOf(...args));
export const describe = suite;
export const before = (hook: () => unknown): void => void hooks.before.push(hook);
export const beforeEach = (hook: () => unknown): void => void hooks.beforeEach.push(hook);
export const afterEach = (hook: () => unknown): void => void hooks.afterEach.push(hook);
export const after = (hook: () => unknown): void => void hooks.after.push(hook);

/** Tests that are awaited by their caller. */
export const awaited = skippable((...args: unknown[]) => run(args));

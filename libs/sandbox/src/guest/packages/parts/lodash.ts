import { undoAtEnd } from '../../at-end.ts';
import {
  create,
  defineProperty,
  deleteProperty,
  freeze,
  getPrototypeOf,
  hasOwn,
  ObjectPrototype,
} from '../../primordials.ts';
import { type Package, prototypesOf } from './instances.ts';

type Cache = { has(key: string): boolean };

/** In which lodash keeps what texts of paths stand for: nothing but a method of its class, while it is called on it, has it. */
function pathCacheOf(prototype: Cache, readPath: () => void): object | undefined {
  const { has } = prototype;
  let cache: object | undefined;
  prototype.has = function (key) {
    cache = this;
    return has.call(this, key);
  };
  readPath();
  prototype.has = has;
  return cache;
}

const PATHS_MAX = 500;

/** Gives the cache methods and a memory of its own: no run reads a path as an earlier one has put it. */
function keepForOneRun(cache: object): void {
  let paths: Record<string, unknown> = create(null);
  let count = 0;
  const clear = (): void => {
    paths = create(null);
    count = 0;
  };
  const methods = {
    has: (text: string) => hasOwn(paths, text),
    get: (text: string) => paths[text],
    set(text: string, path: unknown) {
      if (count >= PATHS_MAX) clear();
      count += 1;
      paths[text] = path;
    },
    size: 0,
  };
  for (const [name, value] of Object.entries(methods)) defineProperty(cache, name, { value });
  freeze(cache);
  undoAtEnd(clear);
}

/** Everything of lodash that keeps data: a setter is met by it while it is made, and nothing else leads to all of it. */
function storesIn(use: () => void): object[] {
  const met: object[] = [];
  const set = function (this: object, value: unknown): void {
    met[met.length] = this;
    defineProperty(this, '__data__', { value, writable: true, enumerable: true, configurable: true });
  };
  defineProperty(ObjectPrototype, '__data__', { set, configurable: true });
  try {
    use();
  } finally {
    deleteProperty(ObjectPrototype, '__data__');
  }
  return met;
}

const same = (item: unknown): unknown => item;
/** As many as lodash no longer compares each with each. */
const MANY = Array.from({ length: 200 }, (_, item) => item);

type Uses = {
  /** Reads by a text that has to be taken apart. */
  readonly readPath: () => void;
  readonly findDoubles: () => void;
};

function partsOf(lodash: Package, { readPath, findDoubles }: Uses): unknown[] {
  const { cache } = lodash.memoize(same);
  const paths = pathCacheOf(getPrototypeOf(cache) as Cache, readPath);
  if (paths !== undefined) keepForOneRun(paths);
  const stores = storesIn(() => {
    lodash.memoize(same);
    lodash.isEqual({ a: {} }, { a: {} });
    findDoubles();
  });
  const wrapped = lodash([]);
  const { __wrapped__: lazy } = wrapped.map(same);
  return [...prototypesOf(wrapped, lazy, ...stores), lazy.__actions__?.[0]?.func];
}

export const ofLodash = (lodash: Package): unknown[] =>
  partsOf(lodash, {
    readPath: () => lodash.get({}, 'a.b'),
    findDoubles: () => lodash.uniqBy(MANY, same),
  });

/** Its functions take what they work on last. */
export const ofLodashFp = (fp: Package): unknown[] =>
  partsOf(fp, {
    readPath: () => fp.get('a.b', {}),
    findDoubles: () => fp.uniqBy(same, MANY),
  });

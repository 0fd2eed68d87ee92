import { undoAtEnd } from '../../at-end.ts';
import { create, defineProperty, freeze, getPrototypeOf, hasOwn } from '../../primordials.ts';
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

const TWO_LEVELS = { a: { b: 1 } };

/** `readPath` reads by a text that has to be taken apart. */
function partsOf(lodash: Package, readPath: () => void): unknown[] {
  const { cache } = lodash.memoize((item: unknown) => item);
  const paths = pathCacheOf(getPrototypeOf(cache) as Cache, readPath);
  if (paths !== undefined) keepForOneRun(paths);
  const wrapped = lodash([]);
  const mapped = wrapped.map((item: unknown) => item);
  const { __wrapped__: lazy } = mapped;
  return [...prototypesOf(wrapped, lazy, cache, cache.__data__.hash), lazy.__actions__?.[0]?.func];
}

export function ofLodash(lodash: Package): unknown[] {
  let stack: Package;
  lodash.mergeWith({ ...TWO_LEVELS }, TWO_LEVELS, (...given: unknown[]) => {
    stack = given[5];
  });
  const parts = partsOf(lodash, () => lodash.get({}, 'a.b'));
  return [...parts, ...prototypesOf(stack, stack.__data__)];
}

/** Its functions take what they work on last, and tell no callback of more than they document. */
export const ofLodashFp = (fp: Package): unknown[] => partsOf(fp, () => fp.get('a.b', {}));

/** `URLSearchParams`: what it does is the npm package's, what it refuses and how it shows itself is Node's. */
import { URLSearchParams as PackageParams } from 'whatwg-url';
import { nodeError, validateFunction } from '../node-errors.ts';
import { showSearchParams } from '../util/custom-inspect.ts';
import { CUSTOM } from '../util/format-value.ts';
import { ParamsIterator } from './params-iterator.ts';

type Params = globalThis.URLSearchParams;
type Pair = [name: string, value: string];
type Inspect = (value: unknown, options?: object) => string;

const isObject = (value: unknown): value is object =>
  typeof value === 'function' || (typeof value === 'object' && value !== null);

function missing(...names: string[]): Error {
  const quoted = names.map((name) => `"${name}"`).join(' and ');
  const message = `The ${quoted} argument${names.length > 1 ? 's' : ''} must be specified`;
  return nodeError(TypeError, 'ERR_MISSING_ARGS', message);
}

function pairOf(given: unknown): Pair {
  const pair =
    isObject(given) && typeof (given as Iterable<unknown>)[Symbol.iterator] === 'function'
      ? [...(given as Iterable<unknown>)]
      : [];
  if (pair.length === 2) return [`${pair[0]}`, `${pair[1]}`];
  throw nodeError(TypeError, 'ERR_INVALID_TUPLE', 'Each query pair must be an iterable [name, value] tuple');
}

function pairsOf(init: object): Pair[] {
  const iterate = (init as Partial<Iterable<unknown>>)[Symbol.iterator] as unknown;
  if (iterate === undefined || iterate === null) {
    const own = Reflect.ownKeys(init).filter((key) => Reflect.getOwnPropertyDescriptor(init, key)?.enumerable);
    return own.map((key) => [`${key as string}`, `${(init as Record<PropertyKey, unknown>)[key]}`]);
  }
  if (typeof iterate !== 'function') throw nodeError(TypeError, 'ERR_ARG_NOT_ITERABLE', 'Query pairs must be iterable');
  return Array.from(init as Iterable<unknown>, pairOf);
}

/** What one of ours stands on; throws for anything else. */
let paramsOf: (value: unknown) => Params;
/** Named as scripts know it, and by no other name: V8 says it in its own errors. */
const named = {
  URLSearchParams: class {
    #params: Params;

    static {
      paramsOf = (value) => {
        if (isObject(value) && #params in value) return value.#params;
        throw nodeError(TypeError, 'ERR_INVALID_THIS', 'Value of "this" must be of type URLSearchParams');
      };
    }

    constructor(init?: unknown) {
      // No script has one of the package's: it belongs to a URL, which keeps it up to date.
      if (init instanceof PackageParams) this.#params = init;
      else if (init === undefined) this.#params = new PackageParams();
      else this.#params = new PackageParams(isObject(init) ? pairsOf(init) : `${init}`);
    }

    get size(): number {
      return paramsOf(this).size;
    }
    append(...args: unknown[]): void {
      const params = paramsOf(this);
      if (args.length < 2) throw missing('name', 'value');
      params.append(`${args[0]}`, `${args[1]}`);
    }
    delete(...args: unknown[]): void {
      const params = paramsOf(this);
      if (args.length < 1) throw missing('name');
      if (args[1] === undefined) params.delete(`${args[0]}`);
      else params.delete(`${args[0]}`, `${args[1]}`);
    }
    get(...args: unknown[]): string | null {
      const params = paramsOf(this);
      if (args.length < 1) throw missing('name');
      return params.get(`${args[0]}`);
    }
    getAll(...args: unknown[]): string[] {
      const params = paramsOf(this);
      if (args.length < 1) throw missing('name');
      return params.getAll(`${args[0]}`);
    }
    has(...args: unknown[]): boolean {
      const params = paramsOf(this);
      if (args.length < 1) throw missing('name');
      return args[1] === undefined ? params.has(`${args[0]}`) : params.has(`${args[0]}`, `${args[1]}`);
    }
    set(...args: unknown[]): void {
      const params = paramsOf(this);
      if (args.length < 2) throw missing('name', 'value');
      params.set(`${args[0]}`, `${args[1]}`);
    }
    sort(): void {
      paramsOf(this).sort();
    }
    entries(): ParamsIterator {
      return new ParamsIterator(paramsOf(this), 'entries');
    }
    forEach(callback: unknown, thisArg?: unknown): void {
      const params = paramsOf(this);
      validateFunction(callback, 'callback');
      for (const [name, value] of params) Reflect.apply(callback as () => void, thisArg, [value, name, this]);
    }
    keys(): ParamsIterator {
      return new ParamsIterator(paramsOf(this), 'keys');
    }
    values(): ParamsIterator {
      return new ParamsIterator(paramsOf(this), 'values');
    }
    toString(): string {
      return paramsOf(this).toString();
    }
    [CUSTOM](depth: number | null, options: never, inspect: Inspect): string {
      paramsOf(this);
      return showSearchParams.call(this as never, depth, options, inspect);
    }
  },
};

export const NodeSearchParams = named.URLSearchParams;

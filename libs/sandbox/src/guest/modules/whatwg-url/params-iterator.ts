/** What `keys`, `values` and `entries` of `URLSearchParams` give. */
import { nodeError } from '../node-errors.ts';
import { withoutColors } from '../util/control-characters.ts';
import { CUSTOM } from '../util/format-value.ts';

type Kind = 'entries' | 'keys' | 'values';
type Options = { readonly breakLength: number; readonly depth: number | null };
type Inspect = (value: unknown, options?: object) => string;

const SEPARATOR = ', ';

class ParamsIteratorClass {
  readonly #params: URLSearchParams;
  readonly #kind: Kind;
  readonly #steps: Iterator<unknown>;
  #taken = 0;

  constructor(params: URLSearchParams, kind: Kind) {
    this.#params = params;
    this.#kind = kind;
    this.#steps = params[kind]();
  }

  static #assert(value: unknown): void {
    if (typeof value === 'object' && value !== null && #params in value) return;
    throw nodeError(TypeError, 'ERR_INVALID_THIS', 'Value of "this" must be of type URLSearchParamsIterator');
  }

  next(): IteratorResult<unknown> {
    ParamsIteratorClass.#assert(this);
    const { value, done } = this.#steps.next();
    if (!done) this.#taken += 1;
    return { value, done: done === true };
  }

  [CUSTOM](depth: number | null, options: Options, inspect: Inspect): unknown {
    ParamsIteratorClass.#assert(this);
    if (typeof depth === 'number' && depth < 0) return '[Object]';
    const inner = depth === null ? options : { ...options, depth: depth - 1 };
    const left = [...this.#params[this.#kind]()].slice(this.#taken).map((one) => inspect(one, inner));
    const length = left.reduce((sum, text) => sum + withoutColors(text).length + SEPARATOR.length, -SEPARATOR.length);
    const [start, end] = length > options.breakLength ? ['\n  ', '\n  '] : [' ', ' '];
    return `URLSearchParams Iterator {${start}${left.join(start === ' ' ? SEPARATOR : `,${end}`)} }`;
  }
}

const ITERATORS = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object;
Object.setPrototypeOf(ParamsIteratorClass.prototype, ITERATORS);
Reflect.deleteProperty(ParamsIteratorClass.prototype, 'constructor');
Object.defineProperties(ParamsIteratorClass.prototype, {
  next: { enumerable: true },
  [Symbol.toStringTag]: { value: 'URLSearchParams Iterator', configurable: true },
});

export { ParamsIteratorClass as ParamsIterator };

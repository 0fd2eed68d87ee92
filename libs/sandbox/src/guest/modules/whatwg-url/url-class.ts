/** `URL`: what it does is the npm package's, what it refuses and how it shows itself is Node's. */
import { URL as PackageUrl } from 'whatwg-url';
import { nodeError, notAvailable } from '../node-errors.ts';
import { showUrl } from '../util/custom-inspect.ts';
import { CUSTOM } from '../util/format-value.ts';
import { NodeSearchParams } from './search-params.ts';

type Inspect = (value: unknown, options?: object) => string;

const missingUrl = (): Error => nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "url" argument must be specified');

function orInvalid<T>(input: string, base: string | undefined, make: () => T): T {
  try {
    return make();
  } catch {
    const error = Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input });
    throw base === undefined ? error : Object.assign(error, { base });
  }
}

type Package = globalThis.URL;

/** Named as scripts know it, and by no other name: V8 says it in its own errors. */
const named = {
  URL: class {
    readonly #url: Package;
    #searchParams: object | undefined;

    constructor(...args: readonly unknown[]) {
      if (args.length === 0) throw missingUrl();
      const input = `${args[0]}`;
      const base = args[1] === undefined ? undefined : `${args[1]}`;
      this.#url = orInvalid(input, base, () => new PackageUrl(input, base));
    }

    static canParse(...args: readonly unknown[]): boolean {
      if (args.length === 0) throw missingUrl();
      return PackageUrl.canParse(`${args[0]}`, args[1] === undefined ? undefined : `${args[1]}`);
    }
    static parse(...args: readonly unknown[]): object | null {
      try {
        return new named.URL(...args);
      } catch (error) {
        if ((error as { code?: unknown }).code === 'ERR_INVALID_URL') return null;
        throw error;
      }
    }
    /** There are none to revoke. */
    static revokeObjectURL(...args: readonly unknown[]): void {
      if (args.length === 0) throw missingUrl();
    }

    #own(): Package {
      return this.#url;
    }
    get href(): string {
      return this.#own().href;
    }
    set href(value: unknown) {
      const url = this.#url;
      const input = `${value}`;
      orInvalid(input, undefined, () => {
        url.href = input;
      });
    }
    get origin(): string {
      return this.#url.origin;
    }
    get protocol(): string {
      return this.#url.protocol;
    }
    set protocol(value: unknown) {
      this.#url.protocol = `${value}`;
    }
    get username(): string {
      return this.#url.username;
    }
    set username(value: unknown) {
      this.#url.username = `${value}`;
    }
    get password(): string {
      return this.#url.password;
    }
    set password(value: unknown) {
      this.#url.password = `${value}`;
    }
    get host(): string {
      return this.#url.host;
    }
    set host(value: unknown) {
      this.#url.host = `${value}`;
    }
    get hostname(): string {
      return this.#url.hostname;
    }
    set hostname(value: unknown) {
      this.#url.hostname = `${value}`;
    }
    get port(): string {
      return this.#url.port;
    }
    set port(value: unknown) {
      this.#url.port = `${value}`;
    }
    get pathname(): string {
      return this.#url.pathname;
    }
    set pathname(value: unknown) {
      this.#url.pathname = `${value}`;
    }
    get search(): string {
      return this.#own().search;
    }
    set search(value: unknown) {
      this.#url.search = `${value}`;
    }
    get searchParams(): object {
      this.#searchParams ??= new NodeSearchParams(this.#url.searchParams);
      return this.#searchParams;
    }
    get hash(): string {
      return this.#url.hash;
    }
    set hash(value: unknown) {
      this.#url.hash = `${value}`;
    }
    toString(): string {
      return this.#own().href;
    }
    toJSON(): string {
      return this.#own().href;
    }
    [CUSTOM](depth: number | null, options: never, inspect: Inspect): unknown {
      return showUrl.call(this as never, depth, options, inspect);
    }
  },
};

export const NodeUrl = named.URL;
Object.assign(NodeUrl, { createObjectURL: notAvailable('URL.createObjectURL') });

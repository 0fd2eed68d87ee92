/** `URL` and `URLSearchParams`: the npm package, shown as Node shows them and with Node's errors. */
import { URL as PackageUrl, URLSearchParams } from 'whatwg-url';
import { nodeError } from './node-errors.ts';
import { showBy, showSearchParams, showUrl } from './util/custom-inspect.ts';

function orInvalid<T>(input: string, base: string | undefined, make: () => T): T {
  try {
    return make();
  } catch {
    const error = Object.assign(nodeError(TypeError, 'ERR_INVALID_URL', 'Invalid URL'), { input });
    throw base === undefined ? error : Object.assign(error, { base });
  }
}

/** The package's class under another constructor: what its own functions make are instances of it, too. */
function NodeUrl(this: unknown, ...args: readonly unknown[]): URL {
  if (new.target === undefined) throw new TypeError("Class constructor URL cannot be invoked without 'new'");
  if (args.length === 0) throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "url" argument must be specified');
  const input = `${args[0]}`;
  const base = args[1] === undefined ? undefined : `${args[1]}`;
  return orInvalid(input, base, () => Reflect.construct(PackageUrl, [input, base], new.target as never) as URL);
}
NodeUrl.prototype = PackageUrl.prototype;
Object.defineProperty(NodeUrl, 'name', { value: 'URL', configurable: true });
Object.defineProperty(NodeUrl, 'length', { value: 1, configurable: true });
Object.defineProperty(NodeUrl, 'prototype', { writable: false });
/** The package's own `parse` gives what lies behind a URL. */
function parse(...args: readonly unknown[]): URL | null {
  try {
    return Reflect.construct(NodeUrl, args) as URL;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_INVALID_URL') return null;
    throw error;
  }
}
const statics = { parse, canParse: PackageUrl.canParse };
for (const [name, value] of Object.entries(statics)) {
  Object.defineProperty(NodeUrl, name, { value, writable: true, enumerable: true, configurable: true });
}
Object.defineProperty(PackageUrl.prototype, 'constructor', { value: NodeUrl, writable: true, configurable: true });

const href = Object.getOwnPropertyDescriptor(PackageUrl.prototype, 'href') as PropertyDescriptor;
Object.defineProperty(PackageUrl.prototype, 'href', {
  ...href,
  set(this: URL, value: unknown) {
    const input = `${value}`;
    orInvalid(input, undefined, () => href.set?.call(this, input));
  },
});
const URL = NodeUrl as unknown as typeof globalThis.URL;

showBy(URL, 'URL', showUrl);
showBy(URLSearchParams, 'URLSearchParams', showSearchParams);

export const whatwgUrl = { URL, URLSearchParams };

/** `URL` and `URLSearchParams`, as the standard lays out their members. */
import conversions from 'webidl-conversions';
import { URLSearchParams as PackageParams, URL as PackageUrl } from 'whatwg-url';
import { implementation as UrlImpl } from 'whatwg-url/lib/URL-impl.js';
import { implementation as ParamsImpl } from 'whatwg-url/lib/URLSearchParams-impl.js';
import machine from 'whatwg-url/lib/url-state-machine.js';
import { fix } from '../integrity/fixed.ts';
import { toWellFormed } from '../primordials.ts';
import { refuseToClone } from '../uncloneable.ts';
import { plainUrl } from './whatwg-url/plain-url.ts';
import { NodeSearchParams } from './whatwg-url/search-params.ts';
import { NodeUrl } from './whatwg-url/url-class.ts';

/** The package takes texts apart for what the engine does at once. */
conversions.USVString = (value, options) => toWellFormed(conversions.DOMString(value, options));

const parse = machine.basicURLParse;
machine.basicURLParse = (text, options) =>
  (options?.stateOverride === undefined ? plainUrl(text) : undefined) ?? parse(text, options);

/** What takes a text apart for want of a faster way; only an instance leads to its class. */
const machineOf = (): object => {
  const met: object[] = [];
  Object.defineProperty(Object.prototype, 'pointer', {
    configurable: true,
    set(this: object, value) {
      met.push(this);
      Object.defineProperty(this, 'pointer', { value, writable: true, enumerable: true, configurable: true });
    },
  });
  parse('a:', undefined);
  Reflect.deleteProperty(Object.prototype, 'pointer');
  return met[0] as object;
};

// Scripts that come by what is behind a URL could change every later one.
fix(UrlImpl, ParamsImpl, PackageUrl, PackageParams, machineOf().constructor);

/** How many arguments must be there; the methods count them themselves. */
const LENGTHS = new Map([
  ...Object.entries({ append: 2, delete: 1, get: 1, getAll: 1, has: 1, set: 2, forEach: 1 }),
  ...Object.entries({ canParse: 1, parse: 1, createObjectURL: 1, revokeObjectURL: 1 }),
]);

type Class = { readonly prototype: object };

/** Members of classes are hidden; those of the standard are not. */
function layOut(name: string, made: Class, args: number): void {
  for (const target of [made, made.prototype]) {
    for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(target))) {
      if (key === 'constructor' || key === 'prototype' || key === 'name' || key === 'length') continue;
      Object.defineProperty(target, key, { ...descriptor, enumerable: true });
      const length = LENGTHS.get(key);
      if (length !== undefined)
        Object.defineProperty(descriptor.value, 'length', { value: length, configurable: true });
    }
  }
  Object.defineProperty(made, 'name', { value: name, configurable: true });
  Object.defineProperty(made, 'length', { value: args, configurable: true });
  Object.defineProperty(made.prototype, Symbol.toStringTag, { value: name, configurable: true });
}

layOut('URL', NodeUrl, 1);
layOut('URLSearchParams', NodeSearchParams, 0);
for (const made of [NodeUrl, NodeSearchParams]) refuseToClone(made as Class);
// The same function under both names.
const entries = Object.getOwnPropertyDescriptor(NodeSearchParams.prototype, 'entries') as PropertyDescriptor;
Object.defineProperty(NodeSearchParams.prototype, Symbol.iterator, { ...entries, enumerable: false });

const URL = NodeUrl as unknown as typeof globalThis.URL;
const URLSearchParams = NodeSearchParams as unknown as typeof globalThis.URLSearchParams;

export const whatwgUrl = { URL, URLSearchParams };

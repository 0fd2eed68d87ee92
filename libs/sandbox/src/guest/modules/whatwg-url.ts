/** `URL` and `URLSearchParams`: the npm package, shown as Node shows them. */
import { URL as PlainURL, URLSearchParams } from 'whatwg-url';
import { nodeError } from './node-errors.ts';
import { showBy, showSearchParams, showUrl } from './util/custom-inspect.ts';

type UrlClass = typeof PlainURL;

const invalidUrl = (input: string, base: string | undefined): Error => {
  const fields = { code: 'ERR_INVALID_URL', input, ...(base === undefined ? {} : { base }) };
  return Object.assign(new TypeError('Invalid URL'), fields);
};

/** The class of the package with Node's errors; what cannot become text is refused by the conversion itself. */
function construct(plain: UrlClass, args: readonly unknown[], newTarget: unknown): object {
  if (args.length === 0) throw nodeError(TypeError, 'ERR_MISSING_ARGS', 'The "url" argument must be specified');
  const input = `${args[0]}`;
  const base = args[1] === undefined ? undefined : `${args[1]}`;
  try {
    return Reflect.construct(plain, base === undefined ? [input] : [input, base], newTarget as UrlClass) as object;
  } catch {
    throw invalidUrl(input, base);
  }
}
/** A bundler may have changed the name of the class. */
function apply(): never {
  throw new TypeError("Class constructor URL cannot be invoked without 'new'");
}
const URL = new Proxy(PlainURL, { construct, apply });

const href = Object.getOwnPropertyDescriptor(PlainURL.prototype, 'href') as PropertyDescriptor;
Object.defineProperty(PlainURL.prototype, 'href', {
  ...href,
  set(this: object, value: unknown) {
    const input = `${value}`;
    try {
      href.set?.call(this, input);
    } catch {
      throw invalidUrl(input, undefined);
    }
  },
});
Object.defineProperty(PlainURL.prototype, 'constructor', { value: URL, writable: true, configurable: true });

showBy(URL, 'URL', showUrl);
showBy(URLSearchParams, 'URLSearchParams', showSearchParams);

export const whatwgUrl = { URL, URLSearchParams };

/** Classes as driver 3.6 let them be used: called without `new`, and a client with the options of the day. */
import { markOldClient } from './old-clients.ts';
import { translateOptions, translateUri } from './old-options.ts';

type Constructor = new (...args: never[]) => object;

/** The class itself, which may be called, too. */
export function callable<T extends Constructor>(original: T): T {
  const proxy = new Proxy(original, {
    apply: (target, _self, args) => Reflect.construct(target, args, proxy),
  });
  Object.defineProperty(original.prototype, 'constructor', { value: proxy, writable: true, configurable: true });
  return proxy;
}

/** The client's class, which takes the options of driver 3.6. */
export function withOldOptions<T extends Constructor>(original: T): T {
  const proxy: T = new Proxy(original, {
    apply: (_target, _self, args) => Reflect.construct(proxy, args),
    construct(target, [givenUri, givenOptions, ...rest], newTarget) {
      const { uri, old } = translateUri(givenUri);
      const translated = translateOptions(givenOptions);
      const client = Reflect.construct(target, [uri, translated.options, ...rest], newTarget) as object;
      if (old || translated.old) markOldClient(client);
      return client;
    },
  });
  Object.defineProperty(original.prototype, 'constructor', { value: proxy, writable: true, configurable: true });
  return proxy;
}

/**
 * Knows every proxy that a script or driver makes, which JavaScript alone could not tell: `util.inspect` looks past them
 * without setting off their traps, as Node's does, and `util.types.isProxy` answers.
 */
import { apply, construct, defineProperty } from './primordials.ts';

/** What a proxy stands before; both null once it is revoked. */
export type ProxyDetails = { target: object | null; handler: object | null };

const NativeProxy = Proxy;
const { get, set } = WeakMap.prototype;
const known = new WeakMap<object, ProxyDetails>();

/** What is known of a proxy; undefined for everything else. */
export const proxyDetails = (value: object): ProxyDetails | undefined =>
  apply(get as (key: object) => ProxyDetails | undefined, known, [value]);

let onMade: (target: object) => void;

function remember(proxy: object, target: object, handler: object): ProxyDetails {
  onMade(target);
  const details: ProxyDetails = { target, handler };
  apply(set, known, [proxy, details]);
  return details;
}

const nativeRevocable = NativeProxy.revocable;
function revocable(target: object, handler: object): { proxy: object; revoke: () => void } {
  const made = nativeRevocable(target, handler);
  const details = remember(made.proxy, target, handler);
  const { revoke } = made;
  made.revoke = () => {
    revoke();
    details.target = null;
    details.handler = null;
  };
  return made;
}

/** Puts a `Proxy` in place that keeps account and tells of each target; called once, before any other code can make one. */
export function keepAccountOfProxies(tell: (target: object) => void): void {
  onMade = tell;
  const handler: ProxyHandler<typeof NativeProxy> = {
    construct(native, args: [object, object], newTarget) {
      const proxy = construct(native, args, newTarget === counted ? native : newTarget) as object;
      remember(proxy, args[0], args[1]);
      return proxy;
    },
  };
  // Without a prototype, on which a script could put traps.
  const counted: typeof NativeProxy = new NativeProxy(NativeProxy, Object.setPrototypeOf(handler, null) as object);
  defineProperty(NativeProxy, 'revocable', { value: revocable, writable: true, configurable: true });
  defineProperty(globalThis, 'Proxy', { value: counted, writable: true, enumerable: false, configurable: true });
}

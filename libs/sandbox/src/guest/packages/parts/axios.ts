import { undoAtEnd } from '../../at-end.ts';
import { core } from '../../modules/registry.ts';
import { apply } from '../../primordials.ts';
import { neverMind, type Package, prototypesOf } from './instances.ts';

const { clear, get } = Map.prototype;

/**
 * Forgets after each run the adapters that axios has made for `fetch`: each keeps the classes that a script gave for it. They
 * lie in a map that nothing but a method of maps, while it is called on it, has.
 */
function forgetFetchAdapters(axios: Package): void {
  let adapters: object | undefined;
  Map.prototype.get = function (this: object) {
    adapters = this;
    throw new Error('No adapter is made');
  };
  try {
    axios.getAdapter('fetch');
  } catch {
    // It was not to be made.
  }
  Map.prototype.get = get;
  if (adapters !== undefined) undoAtEnd(() => void apply(clear, adapters as never, []));
}

/** What follows redirects for axios, made for a request that is never sent, and what that tells of its end to. */
function redirectable(axios: Package): { readonly made: Package; readonly listeners: readonly unknown[] } {
  const { request } = core.http;
  const listeners: unknown[] = [];
  const native: Package = {
    on: (_name: string, listener: unknown) => void listeners.push(listener),
    removeListener: () => undefined,
    destroy: () => undefined,
    end() {
      throw new Error('Nothing is sent');
    },
  };
  core.http.request = () => native;
  const config = { ...axios.defaults, method: 'get', url: 'http://127.0.0.1', headers: new axios.AxiosHeaders() };
  neverMind(axios.getAdapter('http')(config));
  core.http.request = request;
  const { _redirectable: made } = native;
  made.destroy();
  return { made, listeners };
}

export function ofAxios(axios: Package): unknown[] {
  forgetFetchAdapters(axios);
  const { made, listeners } = redirectable(axios);
  const { beforeRedirect, nativeProtocols } = made._options;
  return [axios.getAdapter('http'), ...prototypesOf(made), beforeRedirect, nativeProtocols, ...listeners];
}

import { core } from '../../modules/registry.ts';
import { neverMind, type Package, prototypesOf } from './instances.ts';

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
  const { made, listeners } = redirectable(axios);
  const { beforeRedirect, nativeProtocols } = made._options;
  return [axios.getAdapter('http'), ...prototypesOf(made), beforeRedirect, nativeProtocols, ...listeners];
}

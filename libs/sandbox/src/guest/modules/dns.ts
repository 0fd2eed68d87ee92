/** `dns`: every question goes to the host, which answers under the connection's egress policy. */
import { request } from '../bridge.ts';
import { nextTick } from '../ticks.ts';
import { isIP } from './net/ip.ts';

type Callback = (error: unknown, ...results: unknown[]) => void;
type LookupOptions = { readonly all?: boolean; readonly family?: number | string };
type Address = { readonly address: string; readonly family: number };

function familyOf(value: unknown): 0 | 4 | 6 {
  if (value === 4 || value === 'IPv4') return 4;
  if (value === 6 || value === 'IPv6') return 6;
  return 0;
}

async function addressesOf(hostname: string, family: 0 | 4 | 6): Promise<readonly Address[]> {
  const literal = isIP(hostname);
  if (literal !== 0) return [{ address: hostname, family: literal }];
  return (await request((id) => ['resolve', id, 'lookup', hostname, family])) as readonly Address[];
}

function settle(promise: Promise<readonly unknown[]>, callback: Callback): void {
  promise.then(
    (results) => nextTick(callback as () => void, null, ...results),
    (error) => nextTick(callback as () => void, error),
  );
}

async function lookupPromise(
  hostname: string,
  options?: LookupOptions | number,
): Promise<Address | readonly Address[]> {
  const wanted: LookupOptions = typeof options === 'number' ? { family: options } : (options ?? {});
  const addresses = await addressesOf(String(hostname), familyOf(wanted.family));
  return wanted.all ? addresses : (addresses[0] as Address);
}

function lookup(hostname: string, options: LookupOptions | number | Callback, callback?: Callback): void {
  const done = (typeof options === 'function' ? options : callback) as Callback;
  const wanted = typeof options === 'function' ? {} : options;
  const found = lookupPromise(hostname, wanted);
  settle(
    found.then((result) =>
      Array.isArray(result) ? [result] : [(result as Address).address, (result as Address).family],
    ),
    done,
  );
}

const query = async (name: string, type: string): Promise<unknown> =>
  request((id) => ['resolve', id, type, String(name), 0]);

const recordType =
  (type: string) =>
  (name: string, ...rest: unknown[]): void =>
    settle(
      query(name, type).then((records) => [records]),
      rest[rest.length - 1] as Callback,
    );

function resolve(name: string, ...rest: unknown[]): void {
  const type = typeof rest[0] === 'string' ? rest[0] : 'A';
  settle(
    query(name, type).then((records) => [records]),
    rest[rest.length - 1] as Callback,
  );
}

const RECORD_TYPES = {
  resolve4: 'A',
  resolve6: 'AAAA',
  resolveCname: 'CNAME',
  resolveMx: 'MX',
  resolveNs: 'NS',
  resolvePtr: 'PTR',
  resolveSrv: 'SRV',
  resolveTxt: 'TXT',
  reverse: 'PTR',
} as const;

const callbackForms: Record<string, unknown> = {};
const promiseForms: Record<string, unknown> = {};
for (const [name, type] of Object.entries(RECORD_TYPES)) {
  callbackForms[name] = recordType(type);
  promiseForms[name] = (hostname: string) => query(hostname, type);
}

const settings = {
  setServers: (): void => undefined,
  getServers: () => [],
  setDefaultResultOrder: (): void => undefined,
  getDefaultResultOrder: () => 'verbatim',
};

export const dns = {
  ...callbackForms,
  ...settings,
  lookup,
  resolve,
  promises: {
    ...promiseForms,
    ...settings,
    lookup: lookupPromise,
    resolve: (name: string, type = 'A') => query(name, type),
  },
  ADDRCONFIG: 32,
  V4MAPPED: 8,
  ALL: 16,
  NODATA: 'ENODATA',
  NOTFOUND: 'ENOTFOUND',
  SERVFAIL: 'ESERVFAIL',
  TIMEOUT: 'ETIMEOUT',
};

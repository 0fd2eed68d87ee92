/** `dns`: every question goes to the host, which answers under the connection's egress policy. */
import { request } from '../bridge.ts';
import { lookupService, lookupServicePromise } from './dns/lookup-service.ts';
import { type Callback, functionsOf, PromiseResolver, Resolver, settle } from './dns/resolver.ts';
import { isIP } from './net/ip.ts';
import { invalidArgValue, validateFunction, validateString } from './node-errors.ts';
import { runSetting, undoneAtEnd } from './run-setting.ts';

type LookupOptions = { readonly all?: boolean; readonly family?: number | string };
type Address = { readonly address: string; readonly family: number };

function familyOf(value: unknown): 0 | 4 | 6 {
  if (value === 4 || value === 'IPv4') return 4;
  if (value === 6 || value === 'IPv6') return 6;
  if (value === undefined || value === 0) return 0;
  throw invalidArgValue('family', value, 'must be one of: 0, 4, 6');
}

async function addressesOf(hostname: string, family: 0 | 4 | 6): Promise<readonly Address[]> {
  const literal = isIP(hostname);
  if (literal !== 0) return [{ address: hostname, family: literal }];
  return (await request((id) => ['resolve', id, 'lookup', hostname, { family }])) as readonly Address[];
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
  if (hostname) validateString(hostname, 'hostname');
  validateFunction(done, 'callback');
  const found = lookupPromise(hostname, wanted);
  settle(
    found.then((result) =>
      Array.isArray(result) ? [result] : [(result as Address).address, (result as Address).family],
    ),
    done,
  );
}

const resultOrder = runSetting('verbatim');
const callbackResolver = new Resolver();
const promiseResolver = new PromiseResolver();
const standardServers = callbackResolver.getServers();
const both = (servers: unknown): void => {
  callbackResolver.setServers(servers);
  promiseResolver.setServers(servers);
};
const serversChange = undoneAtEnd(() => both(standardServers));
const settings = {
  setServers(servers: unknown): void {
    serversChange();
    both(servers);
  },
  getServers: () => callbackResolver.getServers(),
  setDefaultResultOrder(order: string): void {
    if (!['verbatim', 'ipv4first', 'ipv6first'].includes(order)) {
      throw invalidArgValue('dnsOrder', order, "must be one of: 'verbatim', 'ipv4first', 'ipv6first'");
    }
    resultOrder.set(order);
  },
  getDefaultResultOrder: resultOrder.get,
};

/** Node's names of errors, whose values are the same with an E before. */
const ERROR_NAMES =
  'NODATA FORMERR SERVFAIL NOTFOUND NOTIMP REFUSED BADQUERY BADNAME BADFAMILY BADRESP CONNREFUSED TIMEOUT EOF FILE NOMEM DESTRUCTION BADSTR BADFLAGS NONAME BADHINTS NOTINITIALIZED LOADIPHLPAPI ADDRGETNETWORKPARAMS CANCELLED';
const errorNames = Object.fromEntries(ERROR_NAMES.split(' ').map((name) => [name, `E${name}`]));

export const dns = {
  ...functionsOf(callbackResolver),
  ...settings,
  lookup,
  lookupService,
  Resolver,
  promises: {
    ...functionsOf(promiseResolver),
    ...settings,
    ...errorNames,
    lookup: lookupPromise,
    lookupService: lookupServicePromise,
    Resolver: PromiseResolver,
  },
  ...errorNames,
  ADDRCONFIG: 32,
  V4MAPPED: 8,
  ALL: 16,
};

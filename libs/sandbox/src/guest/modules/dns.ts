/** `dns`: every question goes to the host, which answers under the connection's egress policy. */
import { request } from '../bridge.ts';
import { nextTick } from '../ticks.ts';
import { isIP } from './net/ip.ts';
import { invalidArgType, invalidArgValue, notAvailable, validateFunction, validateString } from './node-errors.ts';

type Callback = (error: unknown, ...results: unknown[]) => void;
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

/** Not asynchronous itself: what Node refuses is thrown at once. */
function query(name: unknown, type: string): Promise<unknown> {
  validateString(name, 'name');
  return request((id) => ['resolve', id, type, name as string, 0]);
}

function callBack(name: unknown, type: string, callback: unknown): void {
  validateString(name, 'name');
  validateFunction(callback, 'callback');
  settle(
    query(name, type).then((records) => [records]),
    callback as Callback,
  );
}

const recordType =
  (type: string) =>
  (name: unknown, ...rest: unknown[]): void =>
    callBack(name, type, rest[rest.length - 1]);

function validateType(type: unknown): string {
  if (typeof type !== 'string') throw invalidArgType('rrtype', 'of type string', type);
  if (!Object.values(RECORD_TYPES).includes(type as 'A')) throw invalidArgValue('rrtype', type);
  return type;
}

const resolve = (name: unknown, ...rest: unknown[]): void =>
  callBack(name, typeof rest[0] === 'function' ? 'A' : validateType(rest[0]), rest[rest.length - 1]);

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

/** Which servers are asked is the supervisor's to decide: what a script sets is kept and not used. */
let resultOrder = 'verbatim';
const settings = {
  setServers: (): void => undefined,
  getServers: () => ['127.0.0.1'],
  setDefaultResultOrder(order: string): void {
    if (!['verbatim', 'ipv4first', 'ipv6first'].includes(order)) {
      throw invalidArgValue('dnsOrder', order, "must be one of: 'verbatim', 'ipv4first', 'ipv6first'");
    }
    resultOrder = order;
  },
  getDefaultResultOrder: () => resultOrder,
};

/** Node's names of errors, whose values are the same with an E before. */
const ERROR_NAMES =
  'NODATA FORMERR SERVFAIL NOTFOUND NOTIMP REFUSED BADQUERY BADNAME BADFAMILY BADRESP CONNREFUSED TIMEOUT EOF FILE NOMEM DESTRUCTION BADSTR BADFLAGS NONAME BADHINTS NOTINITIALIZED LOADIPHLPAPI ADDRGETNETWORKPARAMS CANCELLED';
const errorNames = Object.fromEntries(ERROR_NAMES.split(' ').map((name) => [name, `E${name}`]));

const promiseResolve = (name: unknown, type: unknown = 'A'): Promise<unknown> => query(name, validateType(type));

const localAddresses = (first: unknown, second?: unknown): void => {
  for (const [index, address] of [first, second].entries()) {
    if (index === 1 && address === undefined) continue;
    validateString(address, index === 0 ? 'ipv4' : 'ipv6');
    if (isIP(address as string) === 0) throw new Error('Invalid IP address.');
  }
  if (second !== undefined && isIP(first as string) === isIP(second as string)) {
    throw new Error(`Cannot specify two IPv${isIP(first as string)} addresses.`);
  }
};

/** A resolver asks the same servers as all the others. */
class Resolver {
  cancel(): void {}
}
class PromiseResolver extends Resolver {}
const ofResolvers = {
  getServers: settings.getServers,
  setServers: settings.setServers,
  setLocalAddress: localAddresses,
};
Object.assign(Resolver.prototype, ofResolvers, callbackForms, { resolve });
Object.assign(PromiseResolver.prototype, promiseForms, { resolve: promiseResolve });
Object.defineProperty(PromiseResolver, 'name', { value: 'Resolver', configurable: true });

const NOT_OFFERED = ['lookupService', 'resolveAny', 'resolveCaa', 'resolveNaptr', 'resolveSoa', 'resolveTlsa'];
const notOffered = (prefix: string): Record<string, unknown> =>
  Object.fromEntries(NOT_OFFERED.map((name) => [name, notAvailable(`${prefix}.${name}`)]));

export const dns = {
  ...notOffered('dns'),
  ...callbackForms,
  ...settings,
  lookup,
  resolve,
  Resolver,
  promises: {
    ...notOffered('dns.promises'),
    ...promiseForms,
    ...settings,
    ...errorNames,
    lookup: lookupPromise,
    resolve: promiseResolve,
    Resolver: PromiseResolver,
  },
  ...errorNames,
  ADDRCONFIG: 32,
  V4MAPPED: 8,
  ALL: 16,
};

/** `dns.Resolver` and `dns.promises.Resolver`: all ask the same servers, and each keeps its own questions. */
import type { DnsOptions } from '../../../bridge/operations.ts';
import { nextTick } from '../../ticks.ts';
import { Buffer } from '../buffer.ts';
import { copyOf } from '../crypto/bytes.ts';
import { isIP } from '../net/ip.ts';
import { invalidArgType, invalidArgValue, validateFunction, validateString } from '../node-errors.ts';
import { createQuestions, inAscii, type Questions, syscallOf } from './questions.ts';
import { STANDARD_SERVERS, serversOf } from './servers.ts';

export type Callback = (error: unknown, ...results: unknown[]) => void;
type Form = (this: ResolverBase, ...args: unknown[]) => unknown;

const RECORD_TYPES: Readonly<Record<string, string>> = {
  resolveAny: 'ANY',
  resolve4: 'A',
  resolve6: 'AAAA',
  resolveCaa: 'CAA',
  resolveCname: 'CNAME',
  resolveMx: 'MX',
  resolveNs: 'NS',
  resolveTlsa: 'TLSA',
  resolveTxt: 'TXT',
  resolveSrv: 'SRV',
  resolvePtr: 'PTR',
  resolveNaptr: 'NAPTR',
  resolveSoa: 'SOA',
  reverse: 'reverse',
};
const KNOWN_TYPES = Object.values(RECORD_TYPES).filter((type) => type !== 'reverse');

/** Tells a callback what became of a promise, with nothing of the caller's on the stack. */
export function settle(promise: Promise<readonly unknown[]>, callback: Callback): void {
  promise.then(
    (results) => nextTick(callback as () => void, null, ...results),
    (error) => nextTick(callback as () => void, error),
  );
}

class ResolverBase {
  readonly #questions = createQuestions();
  #servers = STANDARD_SERVERS;

  static questionsOf(resolver: ResolverBase): Questions {
    return resolver.#questions;
  }
  cancel(): void {
    this.#questions.cancel();
  }
  getServers(): string[] {
    return [...this.#servers];
  }
  setServers(servers: unknown): void {
    this.#servers = serversOf(servers);
  }
  setLocalAddress(...addresses: [unknown, unknown?]): void {
    const [first, second] = addresses;
    for (const [index, address] of addresses.entries()) {
      if (index === 1 && address === undefined) continue;
      validateString(address, index === 0 ? 'ipv4' : 'ipv6');
      if (isIP(address) === 0) throw new Error('Invalid IP address.');
    }
    if (second !== undefined && isIP(first) === isIP(second)) {
      throw new Error(`Cannot specify two IPv${isIP(first)} addresses.`);
    }
  }
}

/** Kept here and taken off the class, which scripts can reach. */
const { questionsOf } = ResolverBase;
Reflect.deleteProperty(ResolverBase, 'questionsOf');

function ttlOf(options: unknown, type: string): DnsOptions {
  const asks = typeof options === 'object' && options !== null && Boolean((options as { ttl?: unknown }).ttl);
  return asks && (type === 'A' || type === 'AAAA') ? { ttl: true } : {};
}

type Fields = { readonly [field: string]: unknown };

/** The digest of a certificate crosses as Base64. */
function withBytes(record: Fields): Fields {
  if (typeof record.certUsage !== 'number' || typeof record.data !== 'string') return record;
  return { ...record, data: copyOf(Buffer.from(record.data, 'base64')).buffer };
}

const noAddress = (name: string): Error =>
  Object.assign(new Error(`getHostByAddr EINVAL ${name}`), {
    errno: -22,
    code: 'EINVAL',
    syscall: syscallOf('reverse'),
    hostname: name,
  });

/** Not asynchronous itself: what Node refuses is thrown at once. */
function query(resolver: ResolverBase, name: unknown, type: string, options?: unknown): Promise<unknown> {
  validateString(name, 'name');
  const text = name as string;
  if (type === 'reverse' && isIP(text) === 0) return Promise.reject(noAddress(text));
  const answer = questionsOf(resolver).ask(inAscii(text), type, ttlOf(options, type));
  if (type === 'SOA') return answer.then((records) => (records as unknown[])[0]);
  return type === 'TLSA' || type === 'ANY' ? answer.then((records) => (records as Fields[]).map(withBytes)) : answer;
}

function callBack(resolver: ResolverBase, type: string, name: unknown, rest: readonly unknown[]): void {
  validateString(name, 'name');
  const callback = rest[rest.length - 1];
  validateFunction(callback, 'callback');
  if (type === 'reverse' && isIP(name) === 0) throw noAddress(name as string);
  settle(
    query(resolver, name, type, rest[0]).then((records) => [records]),
    callback as Callback,
  );
}

function validateType(type: unknown): string {
  if (typeof type !== 'string') throw invalidArgType('rrtype', 'of type string', type);
  if (!KNOWN_TYPES.includes(type)) throw invalidArgValue('rrtype', type);
  return type;
}

export class Resolver extends ResolverBase {
  resolve(name: unknown, ...rest: unknown[]): void {
    callBack(this, typeof rest[0] === 'function' ? 'A' : validateType(rest[0]), name, rest);
  }
}
export class PromiseResolver extends ResolverBase {
  resolve(name: unknown, type: unknown = 'A'): Promise<unknown> {
    return query(this, name, validateType(type));
  }
}
Object.defineProperty(PromiseResolver, 'name', { value: 'Resolver', configurable: true });

function define(holder: object, name: string, value: Form): void {
  Object.defineProperty(value, 'name', { value: name, configurable: true });
  Object.defineProperty(holder, name, { value, writable: true, enumerable: true, configurable: true });
}
for (const [name, type] of Object.entries(RECORD_TYPES)) {
  define(Resolver.prototype, name, function callbackForm(hostname, ...rest) {
    callBack(this, type, hostname, rest);
  });
  define(PromiseResolver.prototype, name, function promiseForm(hostname, options) {
    return query(this, hostname, type, options);
  });
}

/** The methods of a resolver as functions, which a module has for the one that all share. */
export function functionsOf(resolver: ResolverBase): Record<string, unknown> {
  const names = [...Object.keys(RECORD_TYPES), 'resolve'];
  const methods = resolver as unknown as Record<string, Form>;
  return Object.fromEntries(names.map((name) => [name, methods[name]?.bind(resolver)]));
}

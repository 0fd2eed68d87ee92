import dns from 'node:dns/promises';
import type { HostFrame, SystemError } from '../../../bridge/frames.ts';
import { parseAddress } from './address-class.ts';
import type { DestinationRule } from './destination-rule.ts';
import { asSystemError, egressError, hiddenAnswerError } from './egress-error.ts';
import type { EgressPolicy } from './egress-policy.ts';
import type { ToldNames } from './told-names.ts';
import { createTurnstile } from './turnstile.ts';

export type ConnectQuestion = Pick<Extract<HostFrame, { kind: 'connect' }>, 'host' | 'port' | 'family'>;
export type DnsQuestion = Pick<Extract<HostFrame, { kind: 'resolve' }>, 'type' | 'name' | 'family'>;
export type Answer<T> = { readonly value: T } | { readonly error: SystemError };
export type ResolvedAddress = { readonly address: string; readonly family: number };

/** The system's resolver, as far as it is used: a test puts its own in this place. */
export type NameSource = {
  lookup(name: string, family: 0 | 4 | 6): Promise<ResolvedAddress[]>;
  resolve(name: string, type: string): Promise<readonly unknown[]>;
  reverse(address: string): Promise<string[]>;
};

/** `getaddrinfo` and c-ares of this machine; numeric forms of all kinds (octal, hexadecimal) are read by getaddrinfo. */
export const systemNames = (): NameSource => ({
  lookup: (name, family) => dns.lookup(name, { all: true, family }),
  resolve: async (name, type) => (await dns.resolve(name, type)) as readonly unknown[],
  reverse: (address) => dns.reverse(address),
});

/** Who asks: a run of a connection, with the connection's own list where it has one, and what the run was told before. */
export type Asker = {
  readonly connectionKey: string;
  readonly egress: readonly DestinationRule[] | undefined;
  readonly told: ToldNames;
};

export type Resolver = {
  /** The addresses that a connect may use, in the order to try them: at least one, or the error for the script. */
  targets(question: ConnectQuestion, asker: Asker): Promise<Answer<ResolvedAddress[]>>;
  /** What a script may see of a DNS answer. */
  records(question: DnsQuestion, asker: Asker): Promise<Answer<readonly unknown[]>>;
};

export type ResolverDeps = { readonly names: NameSource; readonly policy: EgressPolicy; readonly timeoutMs: number };

const timeoutError = (syscall: string, name: string): SystemError => ({
  message: `${syscall} ETIMEOUT ${name}`,
  code: 'ETIMEOUT',
  syscall,
  hostname: name,
});

/** Records that name a host: what they lead to decides whether they are shown. */
const leadsTo = (type: string, record: unknown): string | undefined => {
  if (type === 'CNAME' || type === 'NS') return String(record);
  if (type === 'SRV') return (record as { name: string }).name;
  return type === 'MX' ? (record as { exchange: string }).exchange : undefined;
};

/** The address that a record is, where it is one. */
const addressIn = (type: string, record: unknown): string | undefined => {
  if (type === 'A' || type === 'AAAA') return String(record);
  return type === 'lookup' ? (record as ResolvedAddress).address : undefined;
};

const RECORDS_MAX = 64;
/** Each takes a thread of the process's few until the system's resolver gives up, so no connection gets many. */
const LOOKUPS_AT_ONCE = 2;

export const createResolver = ({ names, policy, timeoutMs }: ResolverDeps): Resolver => {
  const within = async <T>(asked: Promise<T>, syscall: string, name: string): Promise<Answer<T>> => {
    const { promise: late, resolve } = Promise.withResolvers<Answer<T>>();
    const timer = setTimeout(() => resolve({ error: timeoutError(syscall, name) }), timeoutMs);
    const answer = asked.then(
      (value) => ({ value }),
      (error: unknown) => ({ error: asSystemError(error) }),
    );
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  };
  const turnstile = createTurnstile(LOOKUPS_AT_ONCE);
  const lookup = (name: string, family: 0 | 4 | 6, { connectionKey }: Asker) =>
    within(
      turnstile(connectionKey, () => names.lookup(name, family)),
      'getaddrinfo',
      name,
    );

  /** An address given as such may also be reached by the rule for a name that the run was told it belongs to. */
  const judge = (host: string, address: string, port: number, { egress, told }: Asker) => {
    const denial = policy.deny({ host, address, port }, egress);
    if (denial === undefined || parseAddress(host) === undefined) return denial;
    const byName = told
      .namesOf(address)
      .some((name) => policy.deny({ host: name, address, port }, egress) === undefined);
    return byName ? undefined : denial;
  };

  const targets: Resolver['targets'] = async ({ host, port, family }, asker) => {
    const found = await lookup(host, family, asker);
    if ('error' in found) return found;
    const judged = found.value.map((target) => ({ target, denial: judge(host, target.address, port, asker) }));
    const open = judged.filter(({ denial }) => denial === undefined).map(({ target }) => target);
    const [first] = judged;
    if (open.length === 0 && first?.denial !== undefined)
      return { error: egressError({ host, address: first.target.address, port }, first.denial) };
    return { value: open };
  };

  const reachable = async (name: string, asker: Asker): Promise<boolean> => {
    const found = await lookup(name, 0, asker);
    return 'value' in found && found.value.some(({ address }) => policy.shows({ host: name, address }, asker.egress));
  };

  const shown = async ({ type, name }: DnsQuestion, record: unknown, asker: Asker) => {
    const address = addressIn(type, record);
    if (address !== undefined) return policy.shows({ host: name, address }, asker.egress);
    const target = leadsTo(type, record);
    return target === undefined || (await reachable(target, asker));
  };

  const ask = (question: DnsQuestion, asker: Asker): Promise<Answer<readonly unknown[]>> => {
    const { type, name, family } = question;
    if (type === 'lookup') return lookup(name, family, asker);
    if (type !== 'PTR') return within(names.resolve(name, type), `query${sentenceCase(type)}`, name);
    const address = reversedAddress(name);
    if (address === undefined || !policy.shows({ host: name, address }, asker.egress))
      return Promise.resolve({ error: hiddenAnswerError(name, 'queryPtr') });
    return within(names.reverse(address), 'queryPtr', name);
  };

  const records: Resolver['records'] = async (question, asker) => {
    const found = await ask(question, asker);
    if ('error' in found) return found;
    const all = found.value.slice(0, RECORDS_MAX);
    const verdicts = await Promise.all(all.map((record) => shown(question, record, asker)));
    const visible = all.filter((_, index) => verdicts[index]);
    const syscall = question.type === 'lookup' ? 'getaddrinfo' : `query${sentenceCase(question.type)}`;
    if (visible.length === 0 && all.length > 0) return { error: hiddenAnswerError(question.name, syscall) };
    for (const record of visible) {
      const address = addressIn(question.type, record);
      if (address !== undefined) asker.told.remember(question.name, address);
    }
    return { value: visible };
  };
  return { targets, records };
};

/** c-ares names its calls `queryA`, `queryAaaa`, `querySrv`. */
const sentenceCase = (type: string): string => type.charAt(0) + type.slice(1).toLowerCase();

/** The address that a reverse question asks about: given itself, or as `4.3.2.1.in-addr.arpa` / `….ip6.arpa`. */
export const reversedAddress = (name: string): string | undefined => {
  if (parseAddress(name) !== undefined) return name;
  const v4 = /^((?:\d{1,3}\.){4})in-addr\.arpa\.?$/i.exec(name)?.[1];
  const v6 = /^((?:[0-9a-f]\.){32})ip6\.arpa\.?$/i.exec(name)?.[1];
  const text =
    v4 !== undefined
      ? v4.slice(0, -1).split('.').reverse().join('.')
      : v6?.replaceAll('.', '').split('').reverse().join('').match(/.{4}/g)?.join(':');
  return text !== undefined && parseAddress(text) !== undefined ? text : undefined;
};

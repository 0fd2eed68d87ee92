import type { HostFrame, SystemError } from '../../../bridge/frames.ts';
import { parseAddress } from './address-class.ts';
import { lookupThreadsHere } from './config.ts';
import type { Destination, DestinationRule } from './destination-rule.ts';
import { asSystemError, type Denied, egressError, hiddenAnswerError } from './egress-error.ts';
import type { EgressDenial, EgressPolicy } from './egress-policy.ts';
import { createLookupSlots } from './lookup-slots.ts';
import { createLookups } from './lookups.ts';
import type { NameSource, ResolvedAddress } from './name-source.ts';
import { reversedAddress, syscallOf } from './question-names.ts';
import { targetOf } from './record-targets.ts';
import { createVisibility } from './record-visibility.ts';
import type { ToldNames } from './told-names.ts';

export type ConnectQuestion = Pick<Extract<HostFrame, { kind: 'connect' }>, 'host' | 'port' | 'family'>;
export type DnsQuestion = Pick<Extract<HostFrame, { kind: 'resolve' }>, 'type' | 'name' | 'family' | 'port' | 'ttl'>;
/** `denied` is there when it was the policy that said no. */
export type Answer<T> = { readonly value: T } | { readonly error: SystemError; readonly denied?: Denied };

/** Who asks: a run of a connection, with the connection's own list where it has one, and what the run was told before. */
export type Asker = {
  readonly connectionKey: string;
  readonly egress: readonly DestinationRule[] | undefined;
  readonly told: ToldNames;
};

export type Resolver = {
  /** The addresses that a connect may use, in the order to try them, or the error for the script; none where a name has none. */
  targets(question: ConnectQuestion, asker: Asker): Promise<Answer<ResolvedAddress[]>>;
  /** What a script may see of a DNS answer. */
  records(question: DnsQuestion, asker: Asker): Promise<Answer<readonly unknown[]>>;
};

export type ResolverDeps = {
  readonly names: NameSource;
  readonly policy: EgressPolicy;
  readonly timeoutMs: number;
  /** How many threads the system's resolver has here, and when a lookup in one counts as hanging: for tests. */
  readonly lookupThreads?: number;
  readonly hangsAfterMs?: number;
};

const timeoutError = (syscall: string, name: string): SystemError => ({
  message: `${syscall} ETIMEOUT ${name}`,
  code: 'ETIMEOUT',
  syscall,
  hostname: name,
});

/** `ask` is told when its answer is no use any more. */
async function answerWithin<T>(
  timeoutMs: number,
  ask: (signal: AbortSignal) => Promise<T>,
  otherwise: SystemError,
): Promise<Answer<T>> {
  const { promise: late, resolve } = Promise.withResolvers<Answer<T>>();
  const stop = new AbortController();
  const giveUp = (): void => {
    resolve({ error: otherwise });
    stop.abort();
  };
  const timer = setTimeout(giveUp, timeoutMs);
  const answer = ask(stop.signal).then(
    (value) => ({ value }),
    (error: unknown) => ({ error: asSystemError(error) }),
  );
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

const RECORDS_MAX = 64;
/** An address in the one form that the kernel gives back, so that the peer can be held against it. */
const canonical = (target: ResolvedAddress): ResolvedAddress => {
  const parsed = parseAddress(target.address);
  if (parsed === undefined) return target;
  return { address: parsed.toString(), family: parsed.kind() === 'ipv4' ? 4 : 6 };
};

const refusal = (destination: Destination, denial: EgressDenial) => ({
  error: egressError(destination, denial),
  denied: { ...destination, rule: denial.rule },
});

const hidden = ({ type, name }: DnsQuestion, denial: EgressDenial) => ({
  error: hiddenAnswerError(name, syscallOf(type), denial),
  denied: { host: name, rule: denial.rule },
});

export const createResolver = (deps: ResolverDeps): Resolver => {
  const { names, policy, timeoutMs, lookupThreads = lookupThreadsHere(), hangsAfterMs } = deps;
  const within = <T>(ask: (signal: AbortSignal) => Promise<T>, syscall: string, name: string) =>
    answerWithin(timeoutMs, ask, timeoutError(syscall, name));
  const lookups = createLookups(names, createLookupSlots(lookupThreads, hangsAfterMs));
  const lookup = (name: string, family: 0 | 4 | 6, { connectionKey }: Asker) =>
    within((signal) => lookups.addresses(name, family, { connectionKey, signal }), 'getaddrinfo', name);

  /** An address given as such may also be reached by the rule for a name that the run was told it belongs to. */
  const judge = (host: string, address: string, port: number, { egress, told }: Asker) => {
    const denial = policy.deny({ host, address, port }, egress);
    const led = parseAddress(host) === undefined ? [] : told.namesOf(address);
    return led.some((name) => policy.deny({ host: name, address, port }, egress) === undefined) ? undefined : denial;
  };

  const targets: Resolver['targets'] = async ({ host, port, family }, asker) => {
    const found = await lookup(host, family, asker);
    if ('error' in found) return found;
    const judged = found.value.map((target) => ({ target, denial: judge(host, target.address, port, asker) }));
    const open = judged.filter(({ denial }) => denial === undefined).map(({ target }) => target);
    const [first] = judged;
    if (open.length === 0 && first?.denial !== undefined)
      return refusal({ host, address: first.target.address, port }, first.denial);
    return { value: open.map(canonical) };
  };

  const visibility = createVisibility({
    policy,
    addresses: (name, asker) => lookup(name, 0, asker),
    services: (name) => within(() => names.resolve(name, 'SRV', false), 'querySrv', name),
  });

  const askAbout = (question: DnsQuestion, asker: Asker): Promise<Answer<readonly unknown[]>> => {
    const { type, name, port = 0 } = question;
    const address = reversedAddress(name) ?? '';
    const denial = visibility.hidesAsked(name, asker);
    if (denial !== undefined) return Promise.resolve(hidden(question, denial));
    if (type === 'PTR') return within(() => names.reverse(address), syscallOf(type), name);
    const { connectionKey } = asker;
    const service = async (signal: AbortSignal) => [await lookups.service(address, port, { connectionKey, signal })];
    return within(service, syscallOf(type), name);
  };

  const ask = (question: DnsQuestion, asker: Asker): Promise<Answer<readonly unknown[]>> => {
    const { type, name, family, ttl = false } = question;
    if (type === 'lookup') return lookup(name, family, asker);
    if (type === 'PTR' || type === 'service') return askAbout(question, asker);
    const withTtl = ttl && (type === 'A' || type === 'AAAA');
    return within(() => names.resolve(name, type, withTtl), syscallOf(type), name);
  };

  const records: Resolver['records'] = async (question, asker) => {
    const found = await ask(question, asker);
    if ('error' in found) return found;
    if (question.type === 'service') return found;
    const all = found.value.slice(0, RECORDS_MAX);
    const verdicts = await Promise.all(all.map((record) => visibility.hides(question, record, asker)));
    const visible = all.filter((_, index) => verdicts[index] === undefined);
    const [denial] = verdicts;
    if (visible.length === 0 && denial !== undefined) return hidden(question, denial);
    for (const record of visible) {
      const target = targetOf(question.type, record);
      if ('address' in target) asker.told.remember(question.name, target.address);
    }
    return { value: visible };
  };
  return { targets, records };
};

/** Which records of an answer a script may see: those that lead to what it may reach, or nowhere. */
import type { EgressDenial, EgressPolicy } from './egress-policy.ts';
import type { ResolvedAddress } from './name-source.ts';
import { reversedAddress } from './question-names.ts';
import { targetOf } from './record-targets.ts';
import type { Answer, Asker, DnsQuestion } from './resolver.ts';

/** Services behind one record that are looked at. */
const SERVICES_MAX = 8;

export type VisibilityDeps = {
  readonly policy: EgressPolicy;
  addresses(name: string, asker: Asker): Promise<Answer<readonly ResolvedAddress[]>>;
  services(name: string): Promise<Answer<readonly unknown[]>>;
};

/** `undefined` when it may be seen. */
type Verdict = EgressDenial | undefined;

export type Visibility = {
  hides(question: Pick<DnsQuestion, 'type' | 'name'>, record: unknown, asker: Asker): Promise<Verdict>;
  /** Why an address may not be told of that a question is about: the address itself, or its reverse name. */
  hidesAsked(name: string, asker: Asker): Verdict;
};

/** For what leads to nothing that is known: types of records, names without addresses. */
const UNKNOWN: EgressDenial = { rule: 'reserved' };

/** One way that is open is enough. */
const ofAll = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.includes(undefined) ? undefined : (verdicts[0] ?? UNKNOWN);

export const createVisibility = ({ policy, addresses, services }: VisibilityDeps): Visibility => {
  const ofHost = async (name: string, asker: Asker): Promise<Verdict> => {
    const found = await addresses(name, asker);
    const all = 'value' in found ? found.value : [];
    return ofAll(all.map(({ address }) => policy.hides({ host: name, address }, asker.egress)));
  };
  const ofService = async (service: string, asker: Asker): Promise<Verdict> => {
    const found = await services(service);
    const records = 'value' in found ? found.value.slice(0, SERVICES_MAX) : [];
    return ofAll(await Promise.all(records.map((record) => hides({ type: 'SRV', name: service }, record, asker))));
  };
  const hidesAsked: Visibility['hidesAsked'] = (name, { egress }) => {
    const address = reversedAddress(name);
    return address === undefined ? UNKNOWN : policy.hides({ host: name, address }, egress);
  };
  const hides: Visibility['hides'] = async ({ type, name }, record, asker) => {
    const target = targetOf(type, record);
    if ('address' in target) return policy.hides({ host: name, address: target.address }, asker.egress);
    if ('host' in target) return ofHost(target.host, asker);
    if ('service' in target) return ofService(target.service, asker);
    if ('asked' in target) return hidesAsked(name, asker);
    return 'nowhere' in target ? undefined : UNKNOWN;
  };
  return { hides, hidesAsked };
};

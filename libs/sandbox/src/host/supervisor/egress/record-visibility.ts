/** Which records of an answer a script may see: those that lead to what it may reach, or nowhere. */
import type { EgressPolicy } from './egress-policy.ts';
import { reversedAddress } from './question-names.ts';
import { targetOf } from './record-targets.ts';
import type { Answer, Asker, DnsQuestion, ResolvedAddress } from './resolver.ts';

/** Services behind one record that are looked at. */
const SERVICES_MAX = 8;

export type VisibilityDeps = {
  readonly policy: EgressPolicy;
  addresses(name: string, asker: Asker): Promise<Answer<readonly ResolvedAddress[]>>;
  services(name: string): Promise<Answer<readonly unknown[]>>;
};

export type Visibility = {
  shows(question: DnsQuestion, record: unknown, asker: Asker): Promise<boolean>;
  /** Whether an address may be told of that a question is about: the address itself, or its reverse name. */
  mayAskAbout(name: string, asker: Asker): boolean;
};

export const createVisibility = ({ policy, addresses, services }: VisibilityDeps): Visibility => {
  const reachable = async (name: string, asker: Asker): Promise<boolean> => {
    const found = await addresses(name, asker);
    return 'value' in found && found.value.some(({ address }) => policy.shows({ host: name, address }, asker.egress));
  };
  const serves = async (service: string, asker: Asker): Promise<boolean> => {
    const found = await services(service);
    const targets = 'value' in found ? found.value.slice(0, SERVICES_MAX).map((one) => targetOf('SRV', one)) : [];
    const verdicts = await Promise.all(targets.map((target) => 'host' in target && reachable(target.host, asker)));
    return verdicts.includes(true);
  };
  const mayAskAbout: Visibility['mayAskAbout'] = (name, { egress }) => {
    const address = reversedAddress(name);
    return address !== undefined && policy.shows({ host: name, address }, egress);
  };
  return {
    mayAskAbout,
    async shows({ type, name }, record, asker) {
      const target = targetOf(type, record);
      if ('address' in target) return policy.shows({ host: name, address: target.address }, asker.egress);
      if ('host' in target) return reachable(target.host, asker);
      if ('service' in target) return serves(target.service, asker);
      return 'asked' in target ? mayAskAbout(name, asker) : 'nowhere' in target;
    },
  };
};

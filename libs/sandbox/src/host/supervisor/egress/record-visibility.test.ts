import { describe, expect, it } from 'vitest';
import { compileRule } from './destination-rule.ts';
import { createEgressPolicy } from './egress-policy.ts';
import { createVisibility } from './record-visibility.ts';
import type { Asker, DnsQuestion } from './resolver.ts';
import { createToldNames } from './told-names.ts';

const ZONE: Readonly<Record<string, string>> = {
  'inside.test': '10.0.0.1',
  'other.test': '10.0.0.1',
  'public.test': '8.8.4.4',
};

type World = { readonly services?: readonly string[]; readonly own?: readonly string[] };

const world = ({ services = [], own }: World = {}) => {
  const asked: string[] = [];
  const { hides } = createVisibility({
    policy: createEgressPolicy({ allow: [{ host: 'inside.test', port: 1433 }] }),
    addresses: async (name) => {
      asked.push(name);
      const address = ZONE[name];
      return address === undefined ? { error: { message: 'ENOTFOUND' } } : { value: [{ address, family: 4 }] };
    },
    services: async () => ({ value: services.map((name) => ({ name, port: 1, priority: 0, weight: 0 })) }),
  });
  const egress = own?.map((host) => compileRule({ host, port: 5432 }));
  const asker: Asker = { connectionKey: 'c', egress, told: createToldNames() };
  const rule = async (type: DnsQuestion['type'], record: unknown, name = 'x') =>
    (await hides({ type, name }, record, asker))?.rule;
  return { rule, asked };
};

const mailAt = (exchange: string) => ({ exchange, priority: 1 });
const servicesAt = (replacement: string, flags = 's') => ({ flags, service: '', regexp: '', replacement });

describe('a record that names a host', () => {
  it('is shown where the host may be reached by its own name, not by another one of its address', async () => {
    const { rule } = world();
    expect(await rule('MX', mailAt('public.test'))).toBeUndefined();
    expect(await rule('MX', mailAt('inside.test'))).toBeUndefined();
    expect(await rule('MX', mailAt('other.test'))).toBe('private');
  });

  it('is withheld where nobody knows the host', async () => {
    expect(await world().rule('MX', mailAt('nowhere.test'))).toBe('reserved');
  });
});

describe('a connection’s own list', () => {
  it('shows only what it names: hosts, addresses and names of addresses', async () => {
    const { rule } = world({ own: ['8.8.8.8'] });
    expect(await rule('MX', mailAt('public.test'))).toBe('connection_list');
    expect(await rule('A', '8.8.4.4')).toBe('connection_list');
    expect(await rule('A', '8.8.8.8')).toBeUndefined();
    expect(await rule('PTR', 'dns.google', '4.4.8.8.in-addr.arpa')).toBe('connection_list');
    expect(await rule('PTR', 'dns.google', '8.8.8.8.in-addr.arpa')).toBeUndefined();
  });
});

describe('a record that names services', () => {
  it.each(['s', 'S'])('is shown where any of them may be reached (flag %s)', async (flag) => {
    const open = world({ services: ['other.test', 'public.test'] });
    expect(await open.rule('NAPTR', servicesAt('_sip._udp.test', flag))).toBeUndefined();
    const closed = world({ services: ['other.test', 'nowhere.test'] });
    expect(await closed.rule('NAPTR', servicesAt('_sip._udp.test', flag))).toBe('private');
    expect(await world().rule('NAPTR', servicesAt('_sip._udp.test', flag))).toBe('reserved');
  });

  it('is judged by eight of them: who writes it does not say how many names are looked up here', async () => {
    const { rule, asked } = world({ services: Array.from({ length: 100 }, (_, n) => `n${n}.test`) });
    expect(await rule('NAPTR', servicesAt('_sip._udp.test'))).toBe('reserved');
    expect(asked).toHaveLength(8);
  });
});

describe('a record of a kind that is not known', () => {
  it.each([
    ['has another type', { type: 'NEWER', value: '8.8.8.8' }],
    ['has no type', { data: 'q83v' }],
    ['has a type that every object has', { type: 'constructor', nowhere: true }],
  ])('is withheld when it %s', async (_, record) => {
    expect(await world().rule('ANY', record)).toBe('reserved');
  });
});

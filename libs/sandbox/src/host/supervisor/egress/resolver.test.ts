import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { compileRule } from './destination-rule.ts';
import { createEgressPolicy } from './egress-policy.ts';
import { type NameSource, systemNames } from './name-source.ts';
import { reversedAddress } from './question-names.ts';
import { type Asker, createResolver, type DnsQuestion } from './resolver.ts';
import { createToldNames } from './told-names.ts';

const notFound = (hostname: string) =>
  Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
    errno: -3008,
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
    hostname,
  });

const ZONE: Readonly<Record<string, readonly string[]>> = {
  'mixed.test': ['10.0.0.1', '8.8.8.8', '::1'],
  'inside.test': ['10.0.0.1', '192.168.0.1'],
  'public.test': ['8.8.4.4'],
};

const naptr = (flags: string, replacement: string) => ({ flags, service: '', regexp: '', replacement });

const RECORDS: Readonly<Record<string, readonly unknown[]>> = {
  SOA: [{ nsname: 'inside.test', hostmaster: 'admin.public.test' }],
  CAA: [{ critical: 0, issue: 'letsencrypt.org' }],
  TLSA: [{ certUsage: 3, selector: 1, match: 1, data: 'q83v' }],
  NAPTR: [
    naptr('a', 'inside.test'),
    naptr('a', 'public.test'),
    naptr('s', '_sip._udp.public.test'),
    naptr('U', ''),
    naptr('', 'nowhere.test'),
  ],
  ANY: [
    { type: 'A', address: '10.0.0.1', ttl: 60 },
    { type: 'A', address: '8.8.8.8', ttl: 60 },
    { type: 'AAAA', address: 'fd00::1', ttl: 60 },
    { type: 'MX', priority: 10, exchange: 'inside.test' },
    { type: 'MX', priority: 20, exchange: 'public.test' },
    { type: 'NS', value: 'inside.test' },
    { type: 'NS', value: 'public.test' },
    { type: 'CNAME', value: 'inside.test' },
    { type: 'SRV', name: 'inside.test', port: 1, priority: 0, weight: 0 },
    { type: 'SOA', nsname: 'inside.test' },
    { type: 'NAPTR', ...naptr('a', 'inside.test') },
    { type: 'PTR', value: 'secret.inside.test' },
    { type: 'TXT', entries: ['v=spf1'] },
    { certUsage: 3, selector: 1, match: 1, data: 'q83v' },
    { type: 'NEWER', value: '10.0.0.1' },
  ],
};

const names: NameSource = {
  lookup: async (name) => {
    const found = isIP(name) > 0 ? [name] : ZONE[name];
    if (found === undefined) throw notFound(name);
    return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  },
  resolve: async (name, type) => {
    if (type === 'SRV')
      return ['public.test', 'inside.test'].map((target) => ({ name: target, port: 27017, priority: 0, weight: 0 }));
    if (type === 'TXT') return [['authSource=admin']];
    if (type in RECORDS) return RECORDS[type] ?? [];
    return ZONE[name] ?? [];
  },
  reverse: async () => ['dns.google'],
  service: async (address, port) => ({ hostname: `host of ${address}`, service: `service ${port}` }),
};

const ASKER: Asker = { connectionKey: 'connection', egress: undefined, told: createToldNames() };
const resolver = createResolver({ names, policy: createEgressPolicy({ allow: [] }), timeoutMs: 1000 });

describe('targets of a connect', () => {
  it('are those of all answers that the policy lets through', async () => {
    const answer = await resolver.targets({ host: 'mixed.test', port: 5432, family: 0 }, ASKER);
    expect(answer).toEqual({ value: [{ address: '8.8.8.8', family: 4 }] });
  });

  it('a denial names host, port and rule, and the address for us alone', async () => {
    const answer = await resolver.targets({ host: 'inside.test', port: 5432, family: 0 }, ASKER);
    expect(answer).toEqual({
      error: {
        message: 'EGRESS_DENIED: inside.test:5432 may not be reached from scripts (rule private)',
        code: 'EGRESS_DENIED',
        syscall: 'connect',
        hostname: 'inside.test',
        port: 5432,
      },
      denied: { host: 'inside.test', address: '10.0.0.1', port: 5432, rule: 'private' },
    });
  });

  it('a denial of an address names the address', async () => {
    const answer = await resolver.targets({ host: '10.0.0.1', port: 5432, family: 0 }, ASKER);
    expect(answer).toMatchObject({ error: { code: 'EGRESS_DENIED', address: '10.0.0.1', port: 5432 } });
  });

  it.each([
    ['2606:4700:0:0:0:0:0:1111', '2606:4700::1111', 6],
    ['2606:4700::ABCD', '2606:4700::abcd', 6],
    ['::ffff:808:808', '8.8.8.8', 4],
  ])('%s is connected to in the form that the kernel gives back: %s', async (host, address, family) => {
    const answer = await resolver.targets({ host, port: 5432, family: 0 }, ASKER);
    expect(answer).toEqual({ value: [{ address, family }] });
  });

  it('an unknown name gives Node’s own error', async () => {
    const answer = await resolver.targets({ host: 'nowhere.test', port: 1, family: 0 }, ASKER);
    expect(answer).toEqual({
      error: {
        message: 'getaddrinfo ENOTFOUND nowhere.test',
        errno: -3008,
        code: 'ENOTFOUND',
        syscall: 'getaddrinfo',
        hostname: 'nowhere.test',
      },
    });
  });

  it('a name that is known and has no address leads nowhere', async () => {
    const empty = createResolver({
      names: { ...names, lookup: async () => [] },
      policy: createEgressPolicy({ allow: [] }),
      timeoutMs: 1000,
    });
    expect(await empty.targets({ host: '', port: 1, family: 0 }, ASKER)).toEqual({ value: [] });
  });

  it.each([0, 4, 6] as const)('the system is asked for addresses of the family that is wanted: %i', async (family) => {
    const families: number[] = [];
    const lookup: NameSource['lookup'] = (name, wanted) => {
      families.push(wanted);
      return names.lookup(name, wanted);
    };
    const policy = createEgressPolicy({ allow: [] });
    const asked = createResolver({ names: { ...names, lookup }, policy, timeoutMs: 1000 });
    await asked.targets({ host: 'public.test', port: 1, family }, ASKER);
    await asked.records({ type: 'lookup', name: 'public.test', family }, ASKER);
    expect(families).toEqual([family, family]);
  });

  it('a resolver that never answers ends in an error', async () => {
    const silent = { ...names, lookup: () => new Promise<never>(() => {}) };
    const slow = createResolver({ names: silent, policy: createEgressPolicy({ allow: [] }), timeoutMs: 20 });
    const answer = await slow.targets({ host: 'slow.test', port: 1, family: 0 }, ASKER);
    expect(answer).toMatchObject({ error: { code: 'ETIMEOUT', syscall: 'getaddrinfo' } });
  });

  it('names that are never answered hold up their own connection only', async () => {
    const open = Promise.withResolvers<never>();
    const lookup: NameSource['lookup'] = (name) => (name === 'slow.test' ? open.promise : names.lookup(name, 0));
    const shared = createResolver({
      names: { ...names, lookup },
      policy: createEgressPolicy({ allow: [] }),
      timeoutMs: 50,
    });
    const slow = Array.from({ length: 10 }, () => shared.targets({ host: 'slow.test', port: 1, family: 0 }, ASKER));
    const other = { ...ASKER, connectionKey: 'other' };
    expect(await shared.targets({ host: 'public.test', port: 1, family: 0 }, other)).toHaveProperty('value');
    for (const answer of await Promise.all(slow)) expect(answer).toHaveProperty('error');
  });

  it.each(['2130706433', '0x7f.1', '0177.0.0.1', '127.1', 'localhost'])(
    'the system’s reading of %s meets the policy',
    async (host) => {
      const real = createResolver({
        names: systemNames(),
        policy: createEgressPolicy({ allow: [] }),
        timeoutMs: 5000,
      });
      expect(await real.targets({ host, port: 80, family: 0 }, ASKER)).toMatchObject({
        error: { code: 'EGRESS_DENIED' },
      });
    },
  );
});

describe('DNS answers shown to scripts', () => {
  const ask = (type: DnsQuestion['type'], name: string, asker = ASKER) =>
    resolver.records({ type, name, family: 0, port: 443 }, asker);

  it('hold only addresses that could be reached', async () => {
    expect(await ask('lookup', 'mixed.test')).toEqual({ value: [{ address: '8.8.8.8', family: 4 }] });
    expect(await ask('A', 'mixed.test')).toEqual({ value: ['8.8.8.8'] });
  });

  it('that are none stay none', async () => {
    expect(await ask('A', 'nowhere.test')).toEqual({ value: [] });
  });

  it('hold 64 records at the most, and the run is told of no more', async () => {
    const many = Array.from({ length: 100 }, (_, n) => `8.8.8.${n}`);
    const policy = createEgressPolicy({ allow: [] });
    const long = createResolver({ names: { ...names, resolve: async () => many }, policy, timeoutMs: 1000 });
    const asker = { ...ASKER, told: createToldNames() };
    const answer = await long.records({ type: 'A', name: 'many.test', family: 0 }, asker);
    expect(answer).toEqual({ value: many.slice(0, 64) });
    expect(['8.8.8.63', '8.8.8.64'].map((address) => asker.told.namesOf(address))).toEqual([['many.test'], []]);
  });

  it('are refused when nothing of them may be seen, by the rule for what they lead to', async () => {
    expect(await ask('A', 'inside.test')).toMatchObject({ error: { code: 'EGRESS_DENIED', syscall: 'queryA' } });
    expect(await ask('SOA', 'zone.test')).toMatchObject({ denied: { host: 'zone.test', rule: 'private' } });
  });

  it('name a service’s host only when that leads somewhere reachable', async () => {
    const answer = await ask('SRV', '_mongodb._tcp.db.test');
    expect(answer).toMatchObject({ value: [{ name: 'public.test' }] });
  });

  it('are left alone where they lead nowhere', async () => {
    expect(await ask('TXT', 'db.test')).toEqual({ value: [['authSource=admin']] });
  });

  it('tell no names of addresses that may not be reached', async () => {
    expect(await ask('PTR', '8.8.8.8.in-addr.arpa')).toEqual({ value: ['dns.google'] });
    expect(await ask('PTR', '10.0.0.1')).toMatchObject({ error: { code: 'EGRESS_DENIED' } });
    expect(await ask('PTR', 'no address')).toMatchObject({ error: { code: 'EGRESS_DENIED' } });
  });

  it('of all types are judged record by record, and types that nobody knows are withheld', async () => {
    expect(await ask('ANY', 'all.test')).toEqual({
      value: [
        { type: 'A', address: '8.8.8.8', ttl: 60 },
        { type: 'MX', priority: 20, exchange: 'public.test' },
        { type: 'NS', value: 'public.test' },
        { type: 'TXT', entries: ['v=spf1'] },
        { certUsage: 3, selector: 1, match: 1, data: 'q83v' },
      ],
    });
  });

  it('of all types about an address hold its names only where it may be reached', async () => {
    const named = { type: 'PTR', value: 'secret.inside.test' };
    const far = (await ask('ANY', '8.8.8.8.in-addr.arpa')) as { value: unknown[] };
    const near = (await ask('ANY', '1.0.0.10.in-addr.arpa')) as { value: unknown[] };
    expect(far.value).toContainEqual(named);
    expect(near.value).not.toContainEqual(named);
  });

  it('of all types stand for the name that they came for, as single answers do', async () => {
    const asker = { ...ASKER, told: createToldNames() };
    await ask('ANY', 'all.test', asker);
    expect(asker.told.namesOf('8.8.8.8')).toEqual(['all.test']);
    expect(asker.told.namesOf('10.0.0.1')).toEqual([]);
  });

  it('about a zone are refused when its server may not be reached', async () => {
    expect(await ask('SOA', 'zone.test')).toMatchObject({ error: { code: 'EGRESS_DENIED', syscall: 'querySoa' } });
  });

  it('that rewrite a name are shown where the host, or a service behind them, may be reached', async () => {
    expect(await ask('NAPTR', 'call.test')).toEqual({
      value: [naptr('a', 'public.test'), naptr('s', '_sip._udp.public.test'), naptr('U', '')],
    });
  });

  it('about authorities and digests of certificates lead nowhere', async () => {
    expect(await ask('CAA', 'db.test')).toEqual({ value: RECORDS.CAA });
    expect(await ask('TLSA', '_443._tcp.db.test')).toEqual({ value: RECORDS.TLSA });
  });

  it('name the service of an address only where that may be reached', async () => {
    expect(await ask('service', '8.8.8.8')).toEqual({
      value: [{ hostname: 'host of 8.8.8.8', service: 'service 443' }],
    });
    expect(await ask('service', '8.8.4.4.in-addr.arpa')).toMatchObject({ value: [{ hostname: 'host of 4.4.8.8' }] });
    expect(await ask('service', '127.0.0.1')).toMatchObject({
      error: { code: 'EGRESS_DENIED', syscall: 'getnameinfo' },
    });
    expect(await ask('service', 'localhost')).toMatchObject({ error: { code: 'EGRESS_DENIED' } });
  });

  it('with how long they hold are judged by their addresses', async () => {
    const timed = {
      ...names,
      resolve: async () => [
        { address: '10.0.0.1', ttl: 1 },
        { address: '8.8.8.8', ttl: 1 },
      ],
    };
    const own = createResolver({ names: timed, policy: createEgressPolicy({ allow: [] }), timeoutMs: 1000 });
    const answer = await own.records({ type: 'A', name: 'mixed.test', family: 0, ttl: true }, ASKER);
    expect(answer).toEqual({ value: [{ address: '8.8.8.8', ttl: 1 }] });
  });

  it.each([
    ['A', true, true],
    ['AAAA', true, true],
    ['A', false, false],
    ['A', undefined, false],
    ['MX', true, false],
  ] as const)('of %s, asked how long they hold: %s, are asked for with that: %s', async (type, ttl, asked) => {
    const told: boolean[] = [];
    const resolve = async (_name: string, _type: string, withTtl: boolean) => {
      told.push(withTtl);
      return [];
    };
    const policy = createEgressPolicy({ allow: [] });
    const own = createResolver({ names: { ...names, resolve }, policy, timeoutMs: 1000 });
    await own.records({ type, name: 'mixed.test', family: 0, ...(ttl === undefined ? {} : { ttl }) }, ASKER);
    expect(told).toEqual([asked]);
  });

  it('reverse names are read in both families', () => {
    expect(reversedAddress('4.3.2.1.in-addr.arpa')).toBe('1.2.3.4');
    expect(reversedAddress(`1.${'0.'.repeat(30)}f.ip6.arpa`)).toBe('f000:0000:0000:0000:0000:0000:0000:0001');
  });
});

describe('an address that stands for a name', () => {
  const policy = createEgressPolicy({ allow: [{ host: 'inside.test', port: 1433 }] });
  const named = createResolver({ names, policy, timeoutMs: 1000 });
  const run = (): Asker => ({ ...ASKER, told: createToldNames() });
  const connect = (port: number, asker: Asker) => named.targets({ host: '10.0.0.1', port, family: 0 }, asker);
  const lookup = (name: string, asker: Asker) => named.records({ type: 'lookup', name, family: 0 }, asker);

  it('may be reached by the rule for the name, in the run that was told it', async () => {
    const asker = run();
    await lookup('inside.test', asker);
    expect(await connect(1433, asker)).toEqual({ value: [{ address: '10.0.0.1', family: 4 }] });
    expect(await connect(1434, asker)).toMatchObject({ error: { code: 'EGRESS_DENIED' } });
    expect(await connect(1433, run())).toMatchObject({ error: { code: 'EGRESS_DENIED' } });
  });

  it('is judged by itself when another name led to it, or an answer was withheld', async () => {
    const asker = run();
    await lookup('mixed.test', asker);
    expect(await connect(1433, asker)).toMatchObject({ error: { code: 'EGRESS_DENIED' } });
  });

  it('opens nothing to a third name that leads there', async () => {
    const asker = run();
    await lookup('inside.test', asker);
    const target = { host: 'mixed.test', port: 1433, family: 0 } as const;
    expect(await named.targets(target, asker)).toEqual({ value: [{ address: '8.8.8.8', family: 4 }] });
  });

  it('passes a connection’s own list by name, on the port that the list has for it', async () => {
    const asker = { ...run(), egress: [compileRule({ host: 'public.test', port: 1433 })] };
    const target = { host: '8.8.4.4', port: 1433, family: 0 } as const;
    expect(await named.targets(target, asker)).toMatchObject({ error: { code: 'EGRESS_DENIED' } });
    await named.records({ type: 'A', name: 'public.test', family: 0 }, asker);
    expect(await named.targets(target, asker)).toEqual({ value: [{ address: '8.8.4.4', family: 4 }] });
    expect(await named.targets({ ...target, port: 5432 }, asker)).toMatchObject({
      denied: { rule: 'connection_list' },
    });
  });

  it('is forgotten beyond a bound', () => {
    const told = createToldNames();
    for (let index = 0; index < 1000; index += 1) told.remember(`n${index}`, '10.0.0.1');
    expect(told.namesOf('10.0.0.1')).toHaveLength(256);
  });

  it('is remembered once, however often it is told', () => {
    const told = createToldNames();
    for (let turn = 0; turn < 1000; turn += 1) told.remember('inside.test', '10.0.0.1');
    told.remember('other.test', '10.0.0.1');
    expect(told.namesOf('10.0.0.1')).toEqual(['inside.test', 'other.test']);
  });
});

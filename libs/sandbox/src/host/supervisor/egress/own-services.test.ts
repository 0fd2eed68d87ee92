import { afterEach, describe, expect, it, vi } from 'vitest';
import { readableLog } from '../testing/test-sandbox.ts';
import { createEgressPolicy } from './egress-policy.ts';
import { createOwnServices, type OwnServices } from './own-services.ts';

let services: OwnServices | undefined;
afterEach(() => {
  services?.close();
  vi.useRealTimers();
});

const EVERYTHING = ['0.0.0.0/0', '::/0', 'gateway.test', 'x'].map((host) => ({ host, port: '*' as const }));

const policyOf = async (
  never: readonly { host: string; port: number | '*' }[],
  lookup: (name: string) => Promise<{ address: string }[]> = async () => [{ address: '10.0.0.9' }],
) => {
  const { log, entries } = readableLog();
  services = await createOwnServices(never, { lookup, log, refreshMs: 1000 });
  const policy = createEgressPolicy({ allow: EVERYTHING, isOwnService: services.covers });
  const rule = (host: string, address: string, port: number) => policy.deny({ host, address, port })?.rule;
  return { rule, entries };
};

describe('a service of our own', () => {
  it('is closed by its address and range, however wide the allow-list is', async () => {
    const { rule } = await policyOf([
      { host: '10.0.0.9', port: 7103 },
      { host: '10.7.0.0/16', port: '*' },
    ]);
    expect(rule('x', '10.0.0.9', 7103)).toBe('own_service');
    expect(rule('x', '10.0.0.9', 7104)).toBeUndefined();
    expect(rule('x', '10.7.3.4', 1)).toBe('own_service');
  });

  it('is closed in the disguises of its address', async () => {
    const { rule } = await policyOf([{ host: '10.0.0.9', port: 7103 }]);
    for (const address of ['::ffff:10.0.0.9', '64:ff9b::a00:9', '2002:a00:9::', '::10.0.0.9'])
      expect([address, rule('x', address, 7103)]).toEqual([address, 'own_service']);
  });

  it('that is named is closed by its addresses, by whatever name they are asked for', async () => {
    const { rule } = await policyOf([{ host: 'gateway.test', port: 7101 }]);
    expect(rule('gateway.test', '10.0.0.9', 7101)).toBe('own_service');
    expect(rule('GATEWAY.test.', '10.0.0.10', 7101)).toBe('own_service');
    expect(rule('other.test', '10.0.0.9', 7101)).toBe('own_service');
    expect(rule('10.0.0.9', '10.0.0.9', 7101)).toBe('own_service');
    expect(rule('10.0.0.9', '10.0.0.9', 7102)).toBeUndefined();
  });

  it('that moves is followed, and its old address stays closed for a while', async () => {
    vi.useFakeTimers();
    let address = '10.0.0.9';
    const { rule } = await policyOf([{ host: 'gateway.test', port: '*' }], async () => [{ address }]);
    address = '10.0.0.10';
    await vi.advanceTimersByTimeAsync(1000);
    expect([rule('x', '10.0.0.9', 1), rule('x', '10.0.0.10', 1)]).toEqual(['own_service', 'own_service']);
    await vi.advanceTimersByTimeAsync(20_000);
    expect([rule('x', '10.0.0.9', 1), rule('x', '10.0.0.10', 1)]).toEqual([undefined, 'own_service']);
  });

  it('whose name cannot be looked up keeps the addresses it had, and that is logged', async () => {
    vi.useFakeTimers();
    let fails = false;
    const lookup = async () => (fails ? Promise.reject(new Error('no name system')) : [{ address: '10.0.0.9' }]);
    const { rule, entries } = await policyOf([{ host: 'gateway.test', port: '*' }], lookup);
    fails = true;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(rule('x', '10.0.0.9', 1)).toBe('own_service');
    expect(entries.at(-1)).toMatchObject({ facts: { host: 'gateway.test' } });
  });

  it('that cannot be read is refused at the start', async () => {
    await expect(policyOf([{ host: '10.0.0.0/99', port: 1 }])).rejects.toThrow('egress rule 10.0.0.0/99:1');
  });
});

describe('the machine that scripts run on', () => {
  const isOwnAddress = (address: string) => ['198.51.100.7', '8.8.4.4', '2606:4700::7'].includes(address);
  const policy = createEgressPolicy({
    allow: [...EVERYTHING.slice(0, 2).map(({ host }) => ({ host, port: 7102 })), { host: '8.8.4.4', port: 5432 }],
    isOwnAddress,
    ownPorts: new Set([7102]),
  });
  const rule = (address: string, port: number) => policy.deny({ host: 'x', address, port })?.rule;

  it('is closed by its public addresses, too, past which no firewall stands', () => {
    expect(rule('8.8.4.4', 22)).toBe('own_address');
    expect(rule('2606:4700::7', 22)).toBe('own_address');
    expect(rule('::ffff:8.8.4.4', 22)).toBe('own_address');
    expect(rule('2606:4700:0:0:0:0:0:7', 22)).toBe('own_address');
    expect(rule('64:ff9b::808:404', 22)).toBe('translated');
    expect(rule('8.8.8.8', 22)).toBeUndefined();
  });

  it('is opened by a rule, such as for a database on it', () => {
    expect(rule('8.8.4.4', 5432)).toBeUndefined();
  });

  it('never opens the port that its own service listens on', () => {
    for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '8.8.4.4', '64:ff9b::808:404'])
      expect([address, rule(address, 7102)]).toEqual([address, 'own_service']);
    expect(rule('8.8.8.8', 7102)).toBeUndefined();
  });

  it('is not reached as "this host" either', () => {
    expect([rule('0.0.0.0', 7102), rule('0.1.2.3', 7102), rule('::', 7102)]).toEqual(Array(3).fill('unspecified'));
  });
});

describe('a metadata service', () => {
  it.each([
    'metadata.google.internal',
    'METADATA.google.internal.',
    'metadata。google。internal',
    'metadata',
    'instance-data',
    'metadata.packet.net',
    'rancher-metadata',
  ])('is never reached by its name %s, wherever that leads', (host) => {
    const policy = createEgressPolicy({ allow: [{ host: '0.0.0.0/0', port: '*' }] });
    expect(policy.deny({ host, address: '8.8.8.8', port: 80 })?.rule).toBe('metadata_service');
  });
});

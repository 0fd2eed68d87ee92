import { describe, expect, it } from 'vitest';
import { anyRuleCovers, compileRule } from './destination-rule.ts';
import { createEgressPolicy } from './egress-policy.ts';

const strict = createEgressPolicy({ allow: [] });
const denial = (address: string, port = 5432, host = address) => strict.deny({ host, address, port })?.rule;

describe('egress policy, with nothing allowed', () => {
  it.each([
    ['8.8.8.8', undefined],
    ['2606:4700:4700::1111', undefined],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['10.0.0.1', 'private'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'carrier_grade_nat'],
    ['100.127.255.255', 'carrier_grade_nat'],
    ['169.254.1.1', 'metadata_service'],
    ['169.254.169.254', 'metadata_service'],
    ['169.254.170.2', 'metadata_service'],
    ['168.63.129.16', 'metadata_service'],
    ['100.100.100.200', 'metadata_service'],
    ['192.0.0.192', 'metadata_service'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['198.18.0.1', 'reserved'],
    ['192.0.2.1', 'reserved'],
    ['203.0.113.7', 'reserved'],
    ['::1', 'loopback'],
    ['::', 'unspecified'],
    ['fc00::1', 'private'],
    ['fd12:3456::1', 'private'],
    ['fec0::1', 'private'],
    ['fe80::1', 'link_local'],
    ['fe80::1%eth0', 'zone_id'],
    ['2606:4700::1%lo', 'zone_id'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'reserved'],
    ['3fff::1', 'reserved'],
    ['5f00::1', 'reserved'],
    ['100::1', 'reserved'],
    ['4000::1', 'reserved'],
    ['::7f00:1', 'reserved'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['::ffff:10.0.0.1', 'private'],
    ['::ffff:8.8.8.8', undefined],
    ['::ffff:169.254.169.254', 'metadata_service'],
    ['::169.254.169.254', 'metadata_service'],
    ['64:ff9b::7f00:1', 'translated'],
    ['64:ff9b::a9fe:a9fe', 'metadata_service'],
    ['64:ff9b:1::a9fe:a9fe', 'metadata_service'],
    ['64:ff9b:1::7f00:1', 'translated'],
    ['2002:7f00:1::', 'translated'],
    ['2002:a9fe:a9fe::', 'metadata_service'],
    ['2001::1', 'translated'],
    ['::ffff:0:127.0.0.1', 'translated'],
    ['fd00:ec2::254', 'metadata_service'],
    ['fd20:ce::254', 'metadata_service'],
    ['no address', 'reserved'],
  ])('%s is judged %s', (address, rule) => {
    expect(denial(address)).toBe(rule);
  });

  it.each([25, 465, 587, 2525])('mail port %i is refused', (port) => {
    expect(denial('8.8.8.8', port)).toBe('mail_port');
  });

  it('port 0 is refused', () => {
    expect(denial('8.8.8.8', 0)).toBe('port_zero');
  });
});

describe('the deployment’s allow-list', () => {
  const policy = createEgressPolicy({
    allow: [
      { host: '127.0.0.1', port: 5432 },
      { host: '10.1.0.0/16', port: '*' },
      { host: 'DB.internal.', port: 3306 },
      { host: '0.0.0.0/0', port: 80 },
      { host: '::/0', port: 80 },
      { host: 'mail.internal', port: 25 },
    ],
    isOwnService: (destination) => anyRuleCovers([compileRule({ host: '10.1.2.3', port: 7000 })], destination),
  });
  const rule = (host: string, address: string, port: number) => policy.deny({ host, address, port })?.rule;

  it('opens exactly the address and port it names', () => {
    expect(rule('x', '127.0.0.1', 5432)).toBeUndefined();
    expect(rule('x', '::ffff:127.0.0.1', 5432)).toBeUndefined();
    expect(rule('x', '127.0.0.1', 5433)).toBe('loopback');
    expect(rule('x', '127.0.0.2', 5432)).toBe('loopback');
  });

  it('opens a range, on every port but those for mail', () => {
    expect(rule('x', '10.1.200.4', 1)).toBeUndefined();
    expect(rule('x', '10.2.0.1', 1)).toBe('private');
    expect(rule('x', '10.1.200.4', 25)).toBe('private');
  });

  it('opens a name for whatever it resolves to, whatever its case and final dot', () => {
    expect(rule('db.internal', '192.168.7.7', 3306)).toBeUndefined();
    expect(rule('other.internal', '192.168.7.7', 3306)).toBe('private');
    expect(rule('mail.internal', '192.168.7.7', 25)).toBeUndefined();
  });

  it('never opens a metadata service, multicast, or the deployment’s own services', () => {
    expect(rule('x', '169.254.169.254', 80)).toBe('metadata_service');
    expect(rule('x', '64:ff9b::a9fe:a9fe', 80)).toBe('metadata_service');
    expect(rule('x', 'fd00:ec2::254', 80)).toBe('metadata_service');
    expect(rule('x', '224.0.0.1', 80)).toBe('multicast');
    expect(rule('x', '10.1.2.3', 7000)).toBe('own_service');
    expect(rule('x', '10.1.2.3', 7001)).toBeUndefined();
  });

  it('refuses a rule that cannot be read', () => {
    expect(() => createEgressPolicy({ allow: [{ host: '10.0.0.0/99', port: 1 }] })).toThrow();
    expect(() => createEgressPolicy({ allow: [{ host: '10.0.0.1', port: 70000 }] })).toThrow('port from 1 to 65535');
  });
});

describe('a connection’s own list', () => {
  const policy = createEgressPolicy({ allow: [{ host: '127.0.0.1', port: 5432 }] });
  const own = [compileRule({ host: '127.0.0.1', port: '*' }), compileRule({ host: 'db.example.com', port: 5432 })];

  it('narrows what is open', () => {
    expect(policy.deny({ host: 'db.example.com', address: '8.8.8.8', port: 5432 }, own)).toBeUndefined();
    expect(policy.deny({ host: 'db.example.org', address: '8.8.8.8', port: 5432 }, own)?.rule).toBe('connection_list');
    expect(policy.deny({ host: 'x', address: '8.8.8.8', port: 5432 }, [])?.rule).toBe('connection_list');
  });

  it('opens nothing that the deployment keeps closed', () => {
    expect(policy.deny({ host: 'x', address: '127.0.0.1', port: 6379 }, own)?.rule).toBe('loopback');
    expect(policy.deny({ host: 'x', address: '127.0.0.1', port: 5432 }, own)).toBeUndefined();
  });
});

describe('what a DNS answer may show', () => {
  const policy = createEgressPolicy({ allow: [{ host: '10.0.0.1', port: 5432 }] });

  it('is an address that could be reached on some port', () => {
    expect(policy.hides({ host: 'x', address: '8.8.8.8' })).toBeUndefined();
    expect(policy.hides({ host: 'x', address: '10.0.0.1' })).toBeUndefined();
    expect(policy.hides({ host: 'x', address: '10.0.0.2' })).toEqual({ rule: 'private' });
    const own = [compileRule({ host: '9.9.9.9', port: 1 })];
    expect(policy.hides({ host: 'x', address: '8.8.8.8' }, own)).toEqual({ rule: 'connection_list' });
    expect(policy.hides({ host: 'x', address: '9.9.9.9' }, own)).toBeUndefined();
  });
});

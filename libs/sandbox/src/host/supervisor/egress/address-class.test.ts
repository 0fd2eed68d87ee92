import { describe, expect, it } from 'vitest';
import { addressesMeant, classifyAddress } from './address-class.ts';
import { createEgressPolicy } from './egress-policy.ts';
import { systemNames } from './name-source.ts';
import { createResolver } from './resolver.ts';
import { createToldNames } from './told-names.ts';

describe('an address of the registries of special addresses (IANA, RFC 6890)', () => {
  it.each([
    ['192.0.0.8', 'reserved'],
    ['192.0.0.170', 'reserved'],
    ['192.88.99.1', 'reserved'],
    ['198.19.255.255', 'reserved'],
    ['198.51.100.1', 'reserved'],
    ['::ffff:0:0', 'unspecified'],
    ['64:ff9b::1', 'translated'],
    ['100:0:0:1::1', 'reserved'],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2', 'translated'],
    ['2001:2::1', 'reserved'],
    ['2001:10::1', 'reserved'],
    ['2001:20::1', 'reserved'],
    ['2002:808:808::1', 'translated'],
    ['fbff::1', 'reserved'],
    ['fec0::1', 'private'],
    ['ff01::1', 'multicast'],
    ['ff05::1:3', 'multicast'],
  ])('%s is judged %s', (address, kind) => {
    expect(classifyAddress(address)).toBe(kind);
  });
});

describe('a metadata service', () => {
  it.each([
    ['AWS, GCP, Azure, DigitalOcean, Hetzner, OpenStack, Oracle, IBM, Linode, Vultr', '169.254.169.254'],
    ['containers of AWS', '169.254.170.2'],
    ['pods of AWS', '169.254.170.23'],
    ['name servers and clocks of AWS', '169.254.169.123'],
    ['Tencent', '169.254.0.23'],
    ['Scaleway', '169.254.42.42'],
    ['Scaleway, IPv6', 'fd00:42::42'],
    ['AWS, IPv6', 'fd00:ec2::254'],
    ['pods of AWS, IPv6', 'fd00:ec2::23'],
    ['GCP, IPv6', 'fd20:ce::254'],
    ['Linode, IPv6', 'fd00:a9fe:a9fe::1'],
    ['Oracle, IPv6', 'fd00:c1::a9fe:a9fe'],
    ['OpenStack, IPv6', 'fe80::a9fe:a9fe'],
    ['Alibaba', '100.100.100.200'],
    ['Azure’s agent', '168.63.129.16'],
    ['Oracle of old', '192.0.0.192'],
    ['mapped', '::ffff:a9fe:a9fe'],
    ['mapped, in long form', '0:0:0:0:0:ffff:169.254.169.254'],
    ['behind NAT64', '64:ff9b::a9fe:a9fe'],
    ['behind a NAT64 of one’s own (RFC 6052, /48)', '64:ff9b:1:a9fe:a9:fe00::'],
    ['behind 6to4', '2002:a9fe:a9fe::1'],
    ['behind SIIT', '::ffff:0:a9fe:a9fe'],
    ['compatible of old', '::a9fe:a9fe'],
  ])('of %s is known as one: %s', (_who, address) => {
    expect(classifyAddress(address)).toBe('metadata_service');
  });
});

describe('what an address means', () => {
  it('is itself, and what a translator makes of it', () => {
    expect(addressesMeant('8.8.8.8')).toEqual(['8.8.8.8']);
    expect(addressesMeant('::ffff:808:808')).toEqual(['8.8.8.8']);
    expect(addressesMeant('2606:4700::1111')).toEqual(['2606:4700::1111']);
    expect(addressesMeant('64:ff9b::a00:9')).toContain('10.0.0.9');
    expect(addressesMeant('fe80::1%lo')).toEqual([]);
    expect(addressesMeant('none')).toEqual([]);
  });
});

/** In the ways that lists of payloads for SSRF write addresses. None may lead anywhere, whoever reads it how. */
describe('an address in disguise', () => {
  const resolver = createResolver({
    names: systemNames(),
    policy: createEgressPolicy({ allow: [{ host: '0.0.0.0/0', port: 22 }] }),
    timeoutMs: 5000,
  });
  const asker = { connectionKey: 'c', egress: undefined, told: createToldNames() };

  it.each([
    ['dotless decimal', '2852039166'],
    ['dotless hexadecimal', '0xA9FEA9FE'],
    ['dotted hexadecimal', '0xA9.0xFE.0xA9.0xFE'],
    ['dotted octal', '0251.0376.0251.0376'],
    ['dotted octal with padding', '0251.00376.000251.0000376'],
    ['octal and decimal', '0251.254.169.254'],
    ['two parts', '169.16689662'],
    ['three parts', '169.254.43518'],
    ['IPv6, shortened', '::ffff:a9fe:a9fe'],
    ['IPv6, in full', '0:0:0:0:0:ffff:a9fe:a9fe'],
    ['IPv6 with IPv4', '0:0:0:0:0:ffff:169.254.169.254'],
    ['IPv6, upper case', '::FFFF:A9FE:A9FE'],
    ['letters in circles', '①⑥⑨.②⑤④.①⑥⑨.②⑤④'],
    ['full stops of other scripts', '169。254｡169．254'],
    ['full-width digits', '１６９.254.169.254'],
  ])('%s: %s', async (_what, host) => {
    const answer = await resolver.targets({ host, port: 22, family: 0 }, asker);
    expect(answer).toMatchObject({ denied: { rule: 'metadata_service' } });
  });

  it.each([
    ['decimal with overflow', '425.510.425.510'],
    ['dotless decimal with overflow', '7147006462'],
    ['hexadecimal with overflow', '0x41414141A9FEA9FE'],
    ['octal of another language', '0o177.0.0.1'],
    ['an IPv6 address without brackets and with a port', '::1:80:80:80:80:80:80:80:80'],
    ['brackets', '[::1]'],
    ['a range', '127.0.0.1/8'],
    ['a user', 'open.test@127.0.0.1'],
    ['a port', '127.0.0.1:80'],
    ['a fragment', '127.0.0.1#open.test'],
    ['digits of another script', '๑๒๗.0.0.1'],
    ['a zero byte', '127.0.0.1\0.open.test'],
    ['a line break', '127.0.0.1\n'],
    ['blanks', ' 127.0.0.1'],
    ['nothing', ''],
  ])('%s leads nowhere', async (_what, host) => {
    const answer = await resolver.targets({ host, port: 22, family: 0 }, asker);
    if ('value' in answer) expect(answer.value).toEqual([]);
    else expect(answer.error.code).toMatch(/ENOTFOUND|EAI_|EGRESS_DENIED|ERR_|ETIMEOUT/);
  });
});

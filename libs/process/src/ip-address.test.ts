import { describe, expect, it } from 'vitest';
import { parseIpAddress, subscriberOf } from './ip-address.ts';

describe('an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['::ffff:198.51.100.1', '198.51.100.1'],
    ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
  ])('%s has one spelling', (text, canonical) => expect(parseIpAddress(text)?.text).toBe(canonical));

  it.each(['', ' 203.0.113.7', '203.0.113', '0203.0.113.7', '1', '203.0.113.7:80', 'fe80::1%eth0', 'localhost', '::g'])(
    '%j is none',
    (text) => expect(parseIpAddress(text)).toBeUndefined(),
  );

  it.each(['8.8.8.8', '52.80.250.250', '2606:4700::1', '192.0.2.1', '2001:db8::1'])('%s can be seen outside', (text) =>
    expect(parseIpAddress(text)?.isPublic).toBe(true),
  );

  it.each([
    ['10.0.0.1', 'private'],
    ['172.16.3.4', 'private'],
    ['192.168.1.1', 'private'],
    ['127.0.0.1', 'loopback'],
    ['0.0.0.0', 'unspecified'],
    ['100.64.0.1', 'reserved'],
    ['169.254.169.254', 'link-local'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'reserved'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['fe80::1', 'link-local'],
    ['fc00::1', 'private'],
    ['ff02::1', 'multicast'],
    ['64:ff9b::7f00:1', 'reserved'],
    ['2002:7f00:1::', 'reserved'],
    ['::ffff:10.0.0.1', 'private'],
    ['5f00::1', 'reserved'],
    ['4000::1', 'reserved'],
  ])('%s can not, since it is %s', (text, kind) =>
    expect(parseIpAddress(text)).toMatchObject({ isPublic: false, kind }),
  );
});

describe('what limits count by', () => {
  it.each([
    ['2001:db8::1', '2001:db8::/64'],
    ['2001:DB8:0:0:ffff::7', '2001:db8::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:41234', '203.0.113.7'],
    ['[2001:db8::1]:41234', '2001:db8::/64'],
    ['[2001:db8::1]', '2001:db8::/64'],
    ['[fe80::1%eth0]:41234', 'fe80::/64'],
    ['[::ffff:203.0.113.7]:41234', '203.0.113.7'],
    ['64:ff9b::203.0.113.7', '203.0.113.7'],
    ['[64:ff9b::cb00:7107]:41234', '203.0.113.7'],
    ['64:ff9b:1::cb00:7107', '64:ff9b:1::/64'],
    [' 203.0.113.7 ', '203.0.113.7'],
  ])('of %s is %s', (text, subscriber) => expect(subscriberOf(text)).toBe(subscriber));

  it.each(['', 'somewhere', '203.0.113.7:port', '203.0.113.7, 198.51.100.1', '[]:1', '2001:db8::1]:1'])(
    'is not in %j',
    (text) => expect(subscriberOf(text)).toBeUndefined(),
  );
});

import { describe, expect, it } from 'vitest';
import { egressHostProblem, plainHost } from './egress-host.ts';

describe('the host of an egress rule', () => {
  it.each([
    'db.example.com',
    'localhost',
    'my_db.internal',
    'bücher.example',
    'DB.example.com.',
    '10.0.0.5',
    '10.0.0.0/8',
    '0.0.0.0/0',
    '2001:db8::1',
    '2001:DB8::/32',
    '::ffff:10.0.0.1',
    '::/0',
  ])('may be %s', (host) => {
    expect(egressHostProblem(host)).toBeUndefined();
  });

  it.each([
    ['', 'no host name'],
    ['a b', 'no host name'],
    ['http://db.example.com', 'no range'],
    ['user@db.example.com', 'no host name'],
    ['db.example.com:5432', 'no host name'],
    ['[2001:db8::1]', 'no host name'],
    ['300.1.1.1', 'no host name'],
    ['10.0.0.0/33', 'not from 0 to 32'],
    ['10.0.0.0/', 'not from 0 to 32'],
    ['10.0.0.0/8/8', 'no range'],
    ['2001:db8::/129', 'not from 0 to 128'],
    ['example.com/8', 'no range'],
    ['::ffff:10.0.0.0/104', 'in the form of IPv6'],
    ['*.example.com', 'wildcard'],
    ['fe80::1%eth0', 'network interface'],
    ['127.1', 'write all four numbers'],
    ['0x7f000001', 'write all four numbers'],
    ['２1.1.1.1', 'write all four numbers'],
  ])('may not be %j, and the answer says why', (host, problem) => {
    expect(egressHostProblem(host)).toContain(problem);
  });
});

describe('two names of one host', () => {
  it.each([
    ['DB.Example.COM.', 'db.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['db。example', 'db.example'],
    ['ⓓb.example', 'db.example'],
  ])('%s and %s are equal', (one, other) => {
    expect(plainHost(one)).toBe(other);
    expect(plainHost(other)).toBe(other);
  });

  it.each(['2001:db8::1', 'a b', '10.0.0.0/8', 'a:80', ''])('%j, which is no name, stays what it is', (text) => {
    expect(plainHost(text)).toBe(text);
  });
});

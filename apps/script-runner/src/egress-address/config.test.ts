import { readEnv } from '@userferry/process';
import { expect, it } from 'vitest';
import { egressAddressOf, egressFields, egressRules } from './config.ts';

const read = (env: Record<string, string>) => egressAddressOf(readEnv(egressFields, env, egressRules));

it('reads the sources', () => {
  const config = read({
    USERFERRY_EGRESS_ADDRESSES: '203.0.113.1, 2001:DB8::1',
    USERFERRY_EGRESS_STUN_SERVERS: 'stun.example.com:3478,[2001:db8::2]:3478',
    USERFERRY_EGRESS_ECHO_URLS: 'https://ip.example.com/me',
    USERFERRY_EGRESS_METADATA: 'aws,azure',
    USERFERRY_EGRESS_QUORUM: '3',
  });
  expect(config).toMatchObject({
    configured: ['203.0.113.1', '2001:db8::1'],
    stunServers: [
      { host: 'stun.example.com', port: 3478 },
      { host: '2001:db8::2', port: 3478 },
    ],
    clouds: ['aws', 'azure'],
    quorum: 3,
  });
  expect(config.echoUrls.map(String)).toEqual(['https://ip.example.com/me']);
});

it('needs nothing', () => expect(read({})).toMatchObject({ configured: [], stunServers: [], region: 'default' }));

it.each([
  ['USERFERRY_EGRESS_ADDRESSES', '10.0.0.1'],
  ['USERFERRY_EGRESS_STUN_SERVERS', 'stun.example.com'],
  ['USERFERRY_EGRESS_STUN_SERVERS', 'stun.example.com:99999'],
  ['USERFERRY_EGRESS_ECHO_URLS', 'http://ip.example.com'],
  ['USERFERRY_EGRESS_METADATA', 'ibm'],
  ['USERFERRY_EGRESS_METADATA_URL', 'http://evil.example.com'],
  ['USERFERRY_EGRESS_LEASE_MS', '10'],
  ['USERFERRY_REGION', 'EU West'],
])('refuses %s=%s by name', (name, value) => expect(() => read({ [name]: value })).toThrow(name));

it('refuses a quorum that there are too few sources for', () => {
  expect(() => read({ USERFERRY_EGRESS_STUN_SERVERS: 'stun.example.com:3478' })).toThrow('2 sources have to agree');
});

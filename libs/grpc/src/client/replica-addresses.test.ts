import { expect, it } from 'vitest';
import { replicaAddresses } from './replica-addresses.ts';

it.each([
  ['127.0.0.1:7104', ['127.0.0.1:7104']],
  ['[::1]:7104', ['[::1]:7104']],
  ['dns:///127.0.0.1:7104', ['127.0.0.1:7104']],
  ['ipv4:10.0.0.1:7104,10.0.0.2:7105,10.0.0.1:7104', ['10.0.0.1:7104', '10.0.0.2:7105']],
  ['nobody.invalid:7104', ['nobody.invalid:7104']],
])('%s is %j', async (address, replicas) => expect(await replicaAddresses(address)).toEqual(replicas));

it('a name is every address that it has', async () => {
  expect(await replicaAddresses('dns:///localhost:7104')).toContain('127.0.0.1:7104');
});

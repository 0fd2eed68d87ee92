/** `net.SocketAddress` and `net.BlockList` side by side with plain Node. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host?.stop());
const { expectSame } = createSideBySide(() => host);

const START = `const { SocketAddress, BlockList } = require('net'); const { inspect } = require('util');
  const address = (...args) => attempt(() => { const made = new SocketAddress(...args); return [JSON.stringify(made), inspect(made), made.address, made.port, made.family, made.flowlabel] });`;

describe('an address beside plain Node', () => {
  it('is read, shown and refused in the same way', () =>
    expectSame(`${START} const seen = []; for (const given of [undefined, {}, { address: '1.2.3.4', port: 5 }, { address: '1.2.3.4', port: '80' }, { family: 'IPv6' }, { family: 'ipv6', address: '0:0::1:2', flowlabel: 3 },
        { family: 'ipv6', address: '2001:DB8:0:0:1::' }, { family: 'ipv6', address: '::ffff:1.2.3.4' }, { family: 'ipv6', address: '::5' }, { address: 'x' }, { family: 'x' }, { port: 70000 }, { port: '' }, { flowlabel: 'x' }, { address: 1 }, 1, { family: 'ipv6', address: '1.2.3.4' }])
        seen.push(await address(...(given === undefined ? [] : [given]))); return seen`));

  it('is parsed from text with a port', () =>
    expectSame(`${START} return [...['1.2.3.4:80', '1.2.3.4', '[::1]:8080', '[::1]', 'x', '::1', ''].map((text) => { const made = SocketAddress.parse(text); return made ? made.toJSON() : 'none' }), await attempt(() => SocketAddress.parse(1)),
      SocketAddress.isSocketAddress(new SocketAddress()), SocketAddress.isSocketAddress({})]`));
});

describe('a list of addresses beside plain Node', () => {
  const LIST = `${START} const list = new BlockList(); list.addAddress('1.2.3.4'); list.addRange('1.0.0.1', '1.0.0.9'); list.addSubnet('10.5.5.5', 8); list.addSubnet('fe80::', 10, 'ipv6');
    list.addAddress(new SocketAddress({ address: '::5', family: 'ipv6' })); list.addRange('2001:db8::1', '2001:db8::ffff', 'ipv6'); list.addCIDR('172.16.0.0/12'); list.addCIDRs(['192.0.2.0/24', 'fc00::/7']); list.addAddresses(['9.9.9.9', '8.8.8.8']);`;

  it('covers what lies in its addresses, ranges and networks', () =>
    expectSame(`${LIST} const v4 = ['1.2.3.4', '1.2.3.5', '1.0.0.0', '1.0.0.1', '1.0.0.5', '1.0.0.9', '1.0.0.10', '10.0.0.0', '10.255.255.255', '11.0.0.0', '172.31.255.255', '172.32.0.0', '192.0.2.1', '9.9.9.9', 'x', '::5'];
      const v6 = ['fe80::1', 'febf::1', 'fec0::1', '::5', '::6', '2001:db8::10', '2001:db8::1:0', '::ffff:10.1.1.1', '::ffff:11.1.1.1', 'fd00::1', '::ffff:1.2.3.4', 'x'];
      return [v4.map((one) => list.check(one)), v6.map((one) => list.check(one, 'ipv6')), list.check(new SocketAddress({ address: '10.1.1.1' })), list.size, BlockList.isBlockList(list), BlockList.isBlockList({}), BlockList.PRIVATE_RANGES]`));

  it('covers IPv4 by networks of IPv6 that hold it', () =>
    expectSame(
      `${START} const list = new BlockList(); list.addSubnet('::ffff:0:0', 96, 'ipv6'); return [list.check('1.2.3.4'), list.check('::1', 'ipv6')]`,
    ));

  it('shows its rules, gives them away and takes them back', () =>
    expectSame(`${LIST} const copy = new BlockList(); copy.fromJSON(JSON.stringify(list)); const other = new BlockList(); other.fromJSON(list.toJSON());
      return [[...list.rules].sort(), inspect(new BlockList()), copy.check('10.1.1.1'), other.check('2001:db8::2', 'ipv6'), copy.size, [...other.rules].sort()]`));

  it('forgets what is taken out', () =>
    expectSame(`${LIST} list.removeAddress('1.2.3.4'); list.removeRange('1.0.0.1', '1.0.0.9'); list.removeSubnet('fe80::', 10, 'ipv6'); list.removeCIDR('172.16.0.0/12'); list.removeAddress('7.7.7.7');
      const left = [...list.rules].sort(); list.clear(); return [left, list.rules, list.check('10.1.1.1')]`));

  it('refuses what is no address', () =>
    expectSame(`${START} const list = new BlockList(); const seen = []; for (const [name, ...args] of [['addSubnet', '10.0.0.0', 33], ['addSubnet', '10.0.0.0', '8'], ['addSubnet', '10.0.0.0', 1.5], ['addRange', '2.0.0.0', '1.0.0.0'], ['addRange', '1.0.0.0', 5], ['addAddress', 1],
        ['check', 1], ['addAddress', 'x'], ['addAddress', '1.1.1.1', 'ipv9'], ['addAddress', '1.1.1.1', 4], ['addAddresses', '1.1.1.1'], ['addAddresses', [1]], ['addCIDRs', '1'], ['addCIDR', 1], ['addCIDR', 'x'], ['addCIDR', '1.2.3.4/'], ['addCIDR', '1.2.3.4/08'], ['addCIDR', '1.2.3.4/33'], ['addCIDR', 'x/1'], ['addCIDRs', [1]], ['fromJSON', 1], ['fromJSON', [1]]])
        seen.push(await attempt(() => list[name](...args))); return [seen, list.rules]`));
});

import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** An IPv4 or IPv6 address in its one canonical spelling (RFC 5952; IPv4-mapped IPv6 is the IPv4 address it stands for). */
export type IpAddress = {
  readonly text: string;
  readonly family: 4 | 6;
  /** Whether the internet can see it as the origin of a connection. */
  readonly isPublic: boolean;
  /** Of one that is not public, the word for what it is. */
  readonly kind: 'public' | 'private' | 'loopback' | 'link-local' | 'multicast' | 'unspecified' | 'reserved';
};

const KINDS: Readonly<Record<string, IpAddress['kind']>> = {
  private: 'private',
  uniqueLocal: 'private',
  loopback: 'loopback',
  linkLocal: 'link-local',
  multicast: 'multicast',
  unspecified: 'unspecified',
};

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** No network uses them (RFC 5737, RFC 3849); examples and tests may, and they do no harm in a firewall. */
const DOCUMENTATION: readonly Range[] = ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32'].map(
  (range) => ipaddr.parseCIDR(range),
);

const GLOBAL_IPV6: Range = ipaddr.parseCIDR('2000::/3');

/** Reads an address from text, without blanks or zone; `undefined` when it is none. */
export const parseIpAddress = (text: string): IpAddress | undefined => {
  if (isIP(text) === 0 || text.includes('%')) return undefined;
  const address = ipaddr.process(text);
  const isIpv6 = address.kind() === 'ipv6';
  const isPublic = isUnicast(address) || DOCUMENTATION.some((range) => within(address, range));
  return {
    text: address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString(),
    family: isIpv6 ? 6 : 4,
    isPublic,
    kind: isPublic ? 'public' : (KINDS[address.range()] ?? 'reserved'),
  };
};

/** The address in `address:port` and `[address]:port`, as proxies write it; other text as it is. */
const withoutPort = (text: string): string => text.replace(/^([\d.]+):\d+$/, '$1').replace(/^\[(.+)\](:\d+)?$/, '$1');

/** In which translators write every IPv4 address, as its last 32 bits (RFC 6052). */
const TRANSLATED: Range = ipaddr.parseCIDR('64:ff9b::/96');

/**
 * What limits count by, of text with or without a port and a zone: the address of IPv4; of IPv6 the /64, of which whoever
 * has one address has 2^64 (RFC 6177). `undefined` when it is no address.
 */
export const subscriberOf = (text: string): string | undefined => {
  const address = parseIpAddress(withoutPort(text.trim()).replace(/%.*$/, ''));
  if (address?.family !== 6) return address?.text;
  const bits = ipaddr.IPv6.parse(address.text);
  if (within(bits, TRANSLATED)) return ipaddr.fromByteArray(bits.toByteArray().slice(-4)).toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address.text}/64`).toRFC5952String()}/64`;
};

const isUnicast = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean =>
  address.range() === 'unicast' && (address.kind() === 'ipv4' || within(address, GLOBAL_IPV6));

const within = (address: ipaddr.IPv4 | ipaddr.IPv6, [network, bits]: Range): boolean =>
  address.kind() === network.kind() && address.match(network, bits);

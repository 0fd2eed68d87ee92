import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Why an address is not simply a public one; `undefined` for public unicast. The words appear in denials. */
export type AddressClass =
  | 'loopback'
  | 'unspecified'
  | 'private'
  | 'link_local'
  | 'carrier_grade_nat'
  | 'multicast'
  | 'reserved'
  | 'translated'
  | 'zone_id'
  | 'metadata_service';

const CLASS_OF_RANGE: Readonly<Record<string, AddressClass>> = {
  loopback: 'loopback',
  // The kernel takes it for this machine.
  unspecified: 'unspecified',
  private: 'private',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
  linkLocal: 'link_local',
  carrierGradeNat: 'carrier_grade_nat',
  multicast: 'multicast',
  // Addresses that hold an IPv4 address which a router or the kernel would take out again.
  rfc6052: 'translated',
  rfc6145: 'translated',
  '6to4': 'translated',
  teredo: 'translated',
};

/** Where clouds hand out credentials or take orders: AWS, ECS, EKS, GCP, Azure, Alibaba, Oracle, Scaleway. */
const METADATA = [
  '169.254.0.0/16',
  '168.63.129.16/32',
  '100.100.100.200/32',
  '192.0.0.192/32',
  'fd00:ec2::/32',
  'fd20:ce::254/128',
  'fd00:42::42/128',
  'fe80::a9fe:a9fe/128',
].map((range) => ipaddr.parseCIDR(range));

const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

const within = (address: Address, [network, bits]: [Address, number]): boolean =>
  address.kind() === network.kind() && address.match(network, bits);

const ipv4At = (bytes: readonly number[], offset: number): Address =>
  ipaddr.fromByteArray(bytes.slice(offset, offset + 4));

/** Every IPv4 address that a translator could read out of an IPv6 one: its last 32 bits, 6to4's place, RFC 6052's places. */
const embedded = (address: Address): readonly Address[] => {
  if (address.kind() === 'ipv4') return [];
  const bytes = address.toByteArray();
  const split = (first: number) => ipaddr.fromByteArray([...bytes.slice(first, 8), ...bytes.slice(9, 9 + first - 4)]);
  return [ipv4At(bytes, 12), ipv4At(bytes, 2), split(4), split(5), split(6), split(7)];
};

const isMetadata = (address: Address): boolean => METADATA.some((range) => within(address, range));

const hidesIpv4 = (address: Address): boolean =>
  address.kind() === 'ipv6' &&
  (CLASS_OF_RANGE[address.range()] === 'translated' || !within(address, GLOBAL_IPV6)) &&
  !['loopback', 'unspecified'].includes(address.range());

/** An address as text, parsed; IPv4-mapped IPv6 becomes the IPv4 address it stands for. `undefined` when it is none. */
export const parseAddress = (text: string): Address | undefined =>
  ipaddr.isValid(text) ? ipaddr.process(text) : undefined;

/** The address itself, and every IPv4 address that a translator could make of it. */
export const addressesMeant = (text: string): readonly string[] => {
  const address = text.includes('%') ? undefined : parseAddress(text);
  if (address === undefined) return [];
  return [address, ...(hidesIpv4(address) ? embedded(address) : [])].map((one) => one.toString());
};

/** What kind of place the address is, metadata services first, seen through IPv6 disguises too. */
export const classifyAddress = (text: string): AddressClass | undefined => {
  if (text.includes('%')) return 'zone_id';
  const address = parseAddress(text);
  if (address === undefined) return 'reserved';
  if (isMetadata(address) || (hidesIpv4(address) && embedded(address).some(isMetadata))) return 'metadata_service';
  if (address.range() === 'unicast')
    return address.kind() === 'ipv4' || within(address, GLOBAL_IPV6) ? undefined : 'reserved';
  return CLASS_OF_RANGE[address.range()] ?? 'reserved';
};

/** Where a rule of an egress list may point, read with the web's own URL parser: the same words for every service. */

const canBeHost = (text: string): boolean => URL.canParse(`http://${text}/`);
const isIpv6 = (text: string): boolean => text.includes(':') && canBeHost(`[${text}]`);
const isIpv4 = (text: string): boolean =>
  /^[\d.]+$/.test(text) && canBeHost(text) && new URL(`http://${text}/`).hostname === text;

/** The form in which two names of one host are equal: ASCII, lower case, no final dot. Addresses stay what they are. */
export const plainHost = (host: string): string => {
  const bare = host.replace(/[.\u3002\uff0e\uff61]$/, '').toLowerCase();
  if (bare.includes(':') || bare.includes('/') || !canBeHost(bare)) return bare;
  const { hostname, pathname, port } = new URL(`http://${bare}/`);
  return pathname === '/' && port === '' && hostname !== '' ? hostname.replace(/\.$/, '') : bare;
};

const isMapped = (text: string): boolean =>
  isIpv6(text) && new URL(`http://[${text}]/`).hostname.startsWith('[::ffff:');

const rangeProblem = (host: string): string | undefined => {
  const [network = '', bits = '', ...more] = host.split('/');
  const bitsMax = isIpv4(network) ? 32 : isIpv6(network) ? 128 : 0;
  if (isMapped(network)) return 'is a range of IPv4 addresses in the form of IPv6: write it as 10.0.0.0/8';
  if (bitsMax === 0 || more.length > 0) return 'is no range of addresses: write it as 10.0.0.0/8';
  return /^\d{1,3}$/.test(bits) && Number(bits) <= bitsMax
    ? undefined
    : `has a prefix that is not from 0 to ${bitsMax}`;
};

const NAME = /^[^\s/:@?#\\[\]%*,<>^|"'`{}]{1,253}$/u;

/** What is wrong with the host of an egress rule (a name, an address or a range), in words that follow its name. */
export const egressHostProblem = (host: string): string | undefined => {
  if (host.includes('/')) return rangeProblem(host);
  if (host.includes('%')) return 'names a network interface, which no rule can';
  if (host.includes('*')) return 'has a wildcard: name each host, or a range of addresses';
  if (isIpv6(host)) return undefined;
  if (!NAME.test(host) || !canBeHost(host)) return 'is no host name, address or range of addresses';
  const { hostname } = new URL(`http://${host}/`);
  return /^[\d.]+$/.test(hostname) && hostname !== host
    ? 'is a short or disguised form of an address: write all four numbers'
    : undefined;
};

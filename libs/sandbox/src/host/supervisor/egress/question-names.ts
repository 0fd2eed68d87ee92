/** How questions are named: the system's calls, and the names of addresses. */
import { parseAddress } from './address-class.ts';
import type { DnsQuestion } from './resolver.ts';

/** c-ares names its calls `queryA`, `queryAaaa`, `querySrv`. */
export function syscallOf(type: DnsQuestion['type']): string {
  if (type === 'lookup') return 'getaddrinfo';
  return type === 'service' ? 'getnameinfo' : `query${type.charAt(0)}${type.slice(1).toLowerCase()}`;
}

/** The address that a reverse question asks about: given itself, or as `4.3.2.1.in-addr.arpa` / `….ip6.arpa`. */
export const reversedAddress = (name: string): string | undefined => {
  if (parseAddress(name) !== undefined) return name;
  const v4 = /^((?:\d{1,3}\.){4})in-addr\.arpa\.?$/i.exec(name)?.[1];
  const v6 = /^((?:[0-9a-f]\.){32})ip6\.arpa\.?$/i.exec(name)?.[1];
  const text =
    v4 !== undefined
      ? v4.slice(0, -1).split('.').reverse().join('.')
      : v6?.replaceAll('.', '').split('').reverse().join('').match(/.{4}/g)?.join(':');
  return text !== undefined && parseAddress(text) !== undefined ? text : undefined;
};

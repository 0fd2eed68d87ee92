/** What a DNS question may ask for: `lookup` is getaddrinfo, `service` getnameinfo, the others are record types. */
export const DNS_QUESTIONS = [
  ...(['lookup', 'service', 'A', 'AAAA', 'ANY', 'CAA', 'CNAME', 'MX', 'NAPTR', 'NS', 'PTR'] as const),
  ...(['SOA', 'SRV', 'TLSA', 'TXT'] as const),
] as const;

import type { PeerCertificate } from 'node:tls';

/**
 * The names in a certificate's subject alternative names: DNS names in lower case, URIs (SPIFFE ids) as they are. The
 * common name counts for nothing (RFC 6125), and an address is no name.
 *
 * Node gives them as one text, `DNS:a, URI:b`, in which a value with a comma or a quote stands as a JSON string: no
 * name can hold a second one.
 */
export const peerNames = ({ subjectaltname }: Pick<PeerCertificate, 'subjectaltname'>): readonly string[] =>
  [...(subjectaltname ?? '').matchAll(/(?:^|, )(DNS|URI|[A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,"]*)/g)].flatMap(
    ([, kind, value = '']) => nameOf(kind, value),
  );

const nameOf = (kind: string | undefined, value: string): readonly string[] => {
  // What had to be quoted is no name that anybody is allowed by.
  if (value === '' || value.startsWith('"')) return [];
  if (kind === 'DNS') return [value.toLowerCase()];
  return kind === 'URI' ? [value] : [];
};

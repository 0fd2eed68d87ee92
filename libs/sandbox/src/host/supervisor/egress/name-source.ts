import dns from 'node:dns/promises';
import { createKeptAnswers } from './kept-answers.ts';

export type ResolvedAddress = { readonly address: string; readonly family: number };

/** The system's resolver, as far as it is used: a test puts its own in this place. */
export type NameSource = {
  lookup(name: string, family: 0 | 4 | 6): Promise<ResolvedAddress[]>;
  /** What `lookup` found lately: for whom it cannot be asked again now. */
  known?(name: string, family: 0 | 4 | 6): ResolvedAddress[] | undefined;
  /** With `ttl` the addresses of `A` and `AAAA` come as objects that say how long they hold. */
  resolve(name: string, type: string, ttl: boolean): Promise<readonly unknown[]>;
  reverse(address: string): Promise<string[]>;
  service(address: string, port: number): Promise<{ hostname: string; service: string }>;
};

/** Records cross as JSON: the digest in a `TLSA` as Base64. */
function withTextOfBytes(record: unknown): unknown {
  const { data } = record as { readonly data?: unknown };
  return data instanceof ArrayBuffer ? { ...(record as object), data: Buffer.from(data).toString('base64') } : record;
}

const resolve: NameSource['resolve'] = async (name, type, ttl) => {
  if (ttl) return type === 'A' ? dns.resolve4(name, { ttl }) : dns.resolve6(name, { ttl });
  const found = (await dns.resolve(name, type)) as unknown;
  // There are holes in what Node gives for `ANY`.
  return (Array.isArray(found) ? found.filter((record) => record) : [found]).map(withTextOfBytes);
};

/** `getaddrinfo` and c-ares of this machine; numeric forms of all kinds (octal, hexadecimal) are read by getaddrinfo. */
export const systemNames = (): NameSource => {
  const answers = createKeptAnswers();
  return {
    lookup: async (name, family) => {
      const found = await dns.lookup(name, { all: true, family });
      answers.keep(name, family, found);
      return found;
    },
    known: answers.known,
    resolve,
    reverse: (address) => dns.reverse(address),
    service: (address, port) => dns.lookupService(address, port),
  };
};

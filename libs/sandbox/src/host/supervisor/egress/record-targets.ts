/** What a DNS record leads to: by that it is decided whether a script may see it. */

type Fields = Readonly<Record<string, unknown>>;

/** A record: an address, or whether the record may be seen is up to where `host` or the services at `service` lie. */
export type RecordTarget =
  | { readonly address: string }
  | { readonly host: string }
  | { readonly service: string }
  | { readonly nowhere: true }
  /** A name of the address that the question itself is about. */
  | { readonly asked: true }
  | { readonly unknown: true };

const fieldsOf = (record: unknown): Fields => (typeof record === 'object' && record !== null ? (record as Fields) : {});
const textOf = (record: unknown, field: string): string =>
  typeof record === 'string' ? record : String(fieldsOf(record)[field]);

/** With the flag `s` a replacement holds service records, without one it may also be nothing. */
function replacementOf(record: unknown): RecordTarget {
  const { replacement, flags } = fieldsOf(record);
  if (typeof replacement !== 'string' || replacement === '') return { nowhere: true };
  return String(flags).toLowerCase() === 's' ? { service: replacement } : { host: replacement };
}

const TARGETS: Readonly<Record<string, (record: unknown) => RecordTarget>> = {
  lookup: (record) => ({ address: textOf(record, 'address') }),
  A: (record) => ({ address: textOf(record, 'address') }),
  AAAA: (record) => ({ address: textOf(record, 'address') }),
  CNAME: (record) => ({ host: textOf(record, 'value') }),
  NS: (record) => ({ host: textOf(record, 'value') }),
  MX: (record) => ({ host: textOf(record, 'exchange') }),
  SRV: (record) => ({ host: textOf(record, 'name') }),
  SOA: (record) => ({ host: textOf(record, 'nsname') }),
  NAPTR: replacementOf,
  PTR: () => ({ asked: true }),
  // Texts, authorities that may sign, and digests of certificates.
  TXT: () => ({ nowhere: true }),
  CAA: () => ({ nowhere: true }),
  TLSA: () => ({ nowhere: true }),
};

/** Node leaves the type of one kind out. */
const ownType = ({ type, certUsage }: Fields): string =>
  type === undefined && typeof certUsage === 'number' ? 'TLSA' : String(type);

/** Where a record of an answer leads; those of `ANY` say themselves of which type they are. */
export function targetOf(type: string, record: unknown): RecordTarget {
  const own = type === 'ANY' ? ownType(fieldsOf(record)) : type;
  return Object.hasOwn(TARGETS, own) ? (TARGETS[own]?.(record) ?? { unknown: true }) : { unknown: true };
}

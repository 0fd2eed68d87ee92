/** Names that this process finds although no name system has them: for plain Node and for the test supervisor alike. */
import dns from 'node:dns';
import { vi } from 'vitest';

/** Records by `TYPE name`; `lookup name` is an address. */
export type Zone = Readonly<Record<string, readonly unknown[]>>;

const isAll = (options: unknown): boolean => typeof options === 'object' && (options as { all?: boolean }).all === true;

/** Answers from the zone until the returned function is called; what is not in it goes to the system. */
export function withNames(zone: Zone): () => void {
  const system = { lookup: dns.lookup, promise: dns.promises.lookup, resolve: dns.promises.resolve };
  const addressOf = (name: string): string | undefined => zone[`lookup ${name}`]?.[0] as string | undefined;
  const records = (type: string) => (name: string) =>
    zone[`${type} ${name}`] ?? (system.resolve(name, type) as Promise<unknown>);

  const lookup = (name: string, options: unknown, callback: (...args: unknown[]) => void): void => {
    const address = addressOf(name);
    if (address === undefined) system.lookup(name, options as object, callback);
    else if (isAll(options)) callback(null, [{ address, family: 4 }]);
    else callback(null, address, 4);
  };
  const lookupPromise = async (name: string, options: unknown): Promise<unknown> => {
    const address = addressOf(name);
    if (address === undefined) return system.promise(name, options as object);
    return isAll(options) ? [{ address, family: 4 }] : { address, family: 4 };
  };
  const spies = [
    vi.spyOn(dns, 'lookup').mockImplementation(lookup as never),
    vi.spyOn(dns.promises, 'lookup').mockImplementation(lookupPromise as never),
    vi
      .spyOn(dns.promises, 'resolve')
      .mockImplementation((async (name: string, type: string) => records(type)(name)) as never),
    vi.spyOn(dns.promises, 'resolveSrv').mockImplementation((async (name: string) => records('SRV')(name)) as never),
    vi.spyOn(dns.promises, 'resolveTxt').mockImplementation((async (name: string) => records('TXT')(name)) as never),
  ];
  return () => {
    for (const spy of spies) spy.mockRestore();
  };
}

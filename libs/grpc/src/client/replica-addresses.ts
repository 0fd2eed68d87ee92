import { lookup } from 'node:dns/promises';

/**
 * The address of each replica behind a gRPC address, for what has to be told to all of them and not to any one:
 * `ipv4:a:1,b:1` are its parts, a name (`dns:///name:port` or `name:port`) is every address that it has now.
 * A name that cannot be looked up stands for itself, so that the call to it fails and says so.
 */
export const replicaAddresses = async (address: string): Promise<readonly string[]> => {
  if (address.startsWith('ipv4:')) return [...new Set(address.slice('ipv4:'.length).split(','))];
  const [, host = '', port = ''] = /^(?:dns:\/\/\/)?(.+):(\d+)$/.exec(address) ?? [];
  const name = host.replace(/^\[(.*)\]$/, '$1');
  try {
    const found = await lookup(name, { all: true });
    return [
      ...new Set(found.map((each) => (each.family === 6 ? `[${each.address}]:${port}` : `${each.address}:${port}`))),
    ];
  } catch {
    return [address];
  }
};

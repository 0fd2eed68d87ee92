import type { Logger } from '@userferry/process';
import type { TableChange } from '../table/public-ip-table.ts';

/**
 * Writes each change to the log, and an error, once for as long as an address is listed, when one is in use that the
 * configured list does not have: whoever opened a firewall for that list refuses its connections.
 */
export const createListLog = (log: Logger): ((change: TableChange) => void) => {
  const warned = new Set<string>();
  return ({ before, changed, removed, after }) => {
    const states = changed.map(({ address, state }) => `${address} ${state}`);
    const added = changed.flatMap(({ address }) => (before.entries.has(address) ? [] : [address]));
    log.info({ added, removed, states, addresses: after.entries.size }, 'the public ips changed');
    for (const address of removed) warned.delete(address);
    for (const { address, regions, unpinned } of changed) {
      if (!unpinned || warned.has(address)) continue;
      warned.add(address);
      log.error(
        { address, regions },
        'scripts connect from an address that PUBLIC_IPS does not have: firewalls opened for that list refuse it',
      );
    }
  };
};

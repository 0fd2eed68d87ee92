/** A script's own way from a name to addresses (`lookup`), asked as Node asks. */
import { nodeError } from '../node-errors.ts';
import { autoSelect } from './auto-select.ts';
import type { ConnectOptions } from './connect-arguments.ts';
import { isIP } from './ip.ts';

/** Node asks for addresses of the kinds that this machine has (`dns.ADDRCONFIG`), unless the kind is given. */
const ADDRCONFIG = 32;

type Found = { readonly address: unknown; readonly family: unknown };
type Tell = (error: Error | null, address: unknown, family: unknown) => void;
type Ask = ConnectOptions & { readonly lookup: NonNullable<ConnectOptions['lookup']> };

function invalid({ address, family }: Found, { host, port }: Ask): Error {
  if (isIP(String(address)) === 0) {
    return nodeError(TypeError, 'ERR_INVALID_IP_ADDRESS', `Invalid IP address: ${String(address)}`);
  }
  const message = `Invalid address family: ${family} ${host}:${port}`;
  return Object.assign(nodeError(RangeError, 'ERR_INVALID_ADDRESS_FAMILY', message), { host, port });
}

const isUsable = ({ address, family }: Found): boolean => isIP(String(address)) !== 0 && (family === 4 || family === 6);

/** Kinds take turns, beginning with the kind of the first; nothing is tried twice. */
function inTurns(found: readonly Found[]): string[] {
  const usable = found.filter(isUsable);
  const [first = [], second = []] = [usable[0]?.family, usable[0]?.family === 6 ? 4 : 6].map((family) => [
    ...new Set(usable.filter((one) => one.family === family).map(({ address }) => String(address))),
  ]);
  const longer = Math.max(first.length, second.length);
  return Array.from({ length: longer }, (_, i) => [first[i], second[i]])
    .flat()
    .filter((address) => address !== undefined);
}

/**
 * Calls `onFound` with the addresses in the order in which they are to be tried, or with an error; `tell` hears of each.
 * Old functions that know nothing of `all` give one address where many are asked for: that is taken.
 */
export function lookUp(ask: Ask, tell: Tell, onFound: (error: Error | undefined, addresses: string[]) => void): void {
  const { given = {}, lookup, host, localAddress } = ask;
  const { family, hints } = given as { readonly family?: unknown; readonly hints?: number };
  const kind = family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : family;
  const isOpen = kind !== 4 && kind !== 6;
  const wantsAll = isOpen && (ask.autoSelectFamily ?? autoSelect.isOn.get()) && !localAddress;
  const options = { family: kind, hints: hints || (isOpen ? ADDRCONFIG : 0), ...(wantsAll ? { all: true } : {}) };
  lookup(host, options, (error, address, one) => {
    if (error) {
      tell(error, address, one);
      onFound(error, []);
      return;
    }
    const isList = wantsAll && Array.isArray(address);
    const found = isList ? (address as readonly Found[]) : [{ address, family: one }];
    for (const each of found) tell(null, each.address, each.family);
    const addresses = inTurns(found);
    const [first] = found;
    if (addresses.length > 0) onFound(undefined, addresses);
    else onFound(invalid(first ?? { address: undefined, family: undefined }, ask), []);
  });
}

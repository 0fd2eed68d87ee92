import { networkInterfaces } from 'node:os';

const BELIEVED_MS = 5_000;

type Read = () => Readonly<Partial<Record<string, readonly { readonly address: string }[]>>>;

/**
 * The addresses of this machine's own interfaces. What is sent to them never leaves it, so no firewall before it sees
 * that: a public address of ours opens whatever listens here. Interfaces come and go, so they are looked up again.
 */
export const createOwnAddresses = (read: Read = networkInterfaces): ((address: string) => boolean) => {
  let known = new Set<string>();
  let untilMs = 0;
  return (address) => {
    if (performance.now() >= untilMs) {
      untilMs = performance.now() + BELIEVED_MS;
      known = new Set(Object.values(read()).flatMap((all = []) => all.map((one) => one.address)));
    }
    return known.has(address);
  };
};

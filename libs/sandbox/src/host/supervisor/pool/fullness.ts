import type { IsolateHost } from '../hosts/isolate-host.ts';

type Held = Pick<IsolateHost, 'residentBytes'>;

/** Pages that a process touches for the first time, a millisecond: the kernel has to clear them. */
const GROWTH_BYTES_PER_MS = 1024 * 1024;

/**
 * Whether a host holds more than `bytesMax`. It is looked at again only when it could have come to so much since: a look is
 * a question to the kernel, and there may be hundreds of runs in a second.
 */
export const createFullness = (
  bytesMax: number,
  now: () => number = () => performance.now(),
): ((host: Held) => boolean) => {
  const fitUntil = new WeakMap<Held, number>();
  return (host) => {
    if (now() < (fitUntil.get(host) ?? 0)) return false;
    const leftBytes = bytesMax - host.residentBytes;
    fitUntil.set(host, now() + leftBytes / GROWTH_BYTES_PER_MS);
    return leftBytes < 0;
  };
};

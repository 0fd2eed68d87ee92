import { DEATHS } from '../hosts/host-death.ts';
import type { IsolateHost } from '../hosts/isolate-host.ts';
import { createFullness } from './fullness.ts';

export type RetirementLimits = {
  readonly maxAgeMs: number;
  /** A host that holds more than this between runs is not used again. */
  readonly idleBytesMax: number;
};

/** Which hosts are not used again. */
export const createRetirement = ({ maxAgeMs, idleBytesMax }: RetirementLimits) => {
  const isFull = createFullness(idleBytesMax);
  return {
    old: (host: IsolateHost): boolean => performance.now() - host.bornAt > maxAgeMs,
    /** What the last run left would be held against the next one. */
    retireIfFull(host: IsolateHost): boolean {
      if (host.runs > 0 || !isFull(host)) return false;
      host.kill(DEATHS.tooMuchMemory);
      return true;
    },
  };
};

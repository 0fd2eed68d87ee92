import { createFading } from './fading.ts';

/**
 * How a connection's scripts have behaved of late: each of its hosts that had to be killed, or died of a run, counts, and so
 * does each run that did nothing but keep a processor busy until it was stopped; what counts fades. The connection pays for it with its own hosts' processor time and with a rest before the next
 * host, so that whoever kills hosts without a pause does not keep the machine busy with their births.
 */
export type Conduct = {
  hostLost(connectionKey: string): void;
  timeBurnt(connectionKey: string): void;
  /** Milliseconds until the connection may have another host; 0 for one that behaves. */
  restMs(connectionKey: string): number;
  /** Its hosts' share of the processors against others': 1 for one that behaves. */
  cpuShare(connectionKey: string): number;
};

const HALF_LIFE_MS = 10_000;
/** A bug takes a host or two; an attack takes one after the other. */
const FORGIVEN = 2;
const REST_STEP_MS = 250;
const REST_MAX_MS = 2_000;
const CPU_SHARE_MIN = 0.05;

export const createConduct = (now: () => number = () => performance.now()): Conduct => {
  const lost = createFading(HALF_LIFE_MS, now);
  const burnt = createFading(HALF_LIFE_MS, now);
  return {
    hostLost: lost.count,
    timeBurnt: burnt.count,
    restMs(key) {
      const last = lost.last(key);
      if (last === undefined || last.value <= FORGIVEN) return 0;
      const restMs = Math.min(REST_MAX_MS, REST_STEP_MS * 2 ** (last.value - FORGIVEN));
      return Math.max(0, last.at + restMs - now());
    },
    cpuShare: (key) => Math.max(CPU_SHARE_MIN, 1 / (1 + (lost.current(key) + burnt.current(key)) ** 2)),
  };
};

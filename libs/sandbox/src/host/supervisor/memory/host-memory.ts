import type { HostCgroup } from '../cgroups/host-cgroup.ts';
import type { RssWatchdog } from './rss-watchdog.ts';

/** What holds the memory of one isolate host: a control group where there is one, else the watchdog. */
export type HostMemory = {
  /** From now on it may have so much, while runs are in flight. */
  hold(limitBytes: number): void;
  /** No run is in flight. */
  release(): void;
  /** Asked when the host is gone: was it killed for its memory? */
  exceeded(): Promise<boolean>;
};

/** Of the Node binary: resident in every host, but shared by all of them and charged to none of their groups. */
const SHARED_BYTES = 64 * 1024 * 1024;

/** What a control group may be charged with, so that so much is resident. */
export const chargeOf = (residentBytes: number): number => residentBytes - SHARED_BYTES;

/** The kernel holds it, between runs too. */
export const memoryOfCgroup = (cgroup: HostCgroup): HostMemory => ({
  hold: (limitBytes) => cgroup.limitMemory(chargeOf(limitBytes)),
  release: () => {},
  exceeded: async () => cgroup.killedForMemory(),
});

/** `pid` is asked for when it is needed: it is known once the host is ready. */
export const memoryOfWatchdog = (watchdog: RssWatchdog, pid: () => number | undefined): HostMemory => {
  let killed = false;
  return {
    hold(limitBytes) {
      const watched = pid();
      if (watched === undefined) return;
      watchdog.watch(watched, limitBytes, () => {
        killed = true;
      });
    },
    release() {
      const watched = pid();
      if (watched !== undefined && !killed) watchdog.unwatch(watched);
    },
    async exceeded() {
      await watchdog.told();
      return killed;
    },
  };
};

/** Nothing holds it: neither control groups nor /proc. */
export const memoryUnheld: HostMemory = { hold: () => {}, release: () => {}, exceeded: async () => false };

import type { EgressDenial } from './host/supervisor/egress/egress-policy.ts';
import type { HostDeath } from './host/supervisor/hosts/host-death.ts';

/** Told of what happens around runs, to be counted. Nothing of a script, a connection or a destination is in it. */
export type SandboxWatch = {
  hostStarted(): void;
  hostEnded(death: HostDeath): void;
  /** A run was denied a destination that it had not been denied before. */
  denied(rule: EgressDenial['rule']): void;
};

/** What there is at this moment. */
export type SandboxStats = {
  /** Runs and checks that wait for a host. */
  readonly waiting: number;
  readonly hosts: {
    readonly starting: number;
    /** Ready, and nobody's yet. */
    readonly blank: number;
    /** A connection's own, with nothing to do. */
    readonly warm: number;
    readonly busy: number;
  };
  /** Of all hosts together; 0 where that is not known. */
  readonly residentBytes: number;
};

export const noWatch: SandboxWatch = { hostStarted: () => {}, hostEnded: () => {}, denied: () => {} };

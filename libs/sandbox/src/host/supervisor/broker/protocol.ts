import type { SupervisorFrame } from '../../../bridge/frames.ts';

/** What a broker thread is started with: the child's command line. */
export type BrokerInput = { readonly file: string; readonly args: readonly string[] };

export type SocketTarget = { readonly address: string; readonly family: number };

/** Supervisor → broker. */
export type BrokerOrder =
  | { readonly order: 'send'; readonly frame: SupervisorFrame }
  | {
      readonly order: 'open';
      readonly id: number;
      readonly port: number;
      readonly targets: readonly SocketTarget[];
      readonly timeoutMs: number;
    };

/**
 * Broker → supervisor. After `violation` (it said what it may not say) and `closed` (it speaks no more) nothing is heard of
 * the host but its `exit`, which is for the supervisor to bring about. A frame has
 * passed length, size and turn checks, its schema is still to be checked.
 */
export type BrokerEvent =
  | { readonly event: 'spawned'; readonly pid: number }
  | { readonly event: 'frame'; readonly frame: unknown }
  | { readonly event: 'violation'; readonly rule: string }
  | { readonly event: 'closed' }
  | { readonly event: 'stderr'; readonly text: string }
  | { readonly event: 'exit'; readonly reason: string };

import type { SystemError } from '../../../bridge/frames.ts';
import type { CommandLine } from '../walls/wall-chain.ts';
import type { OpenOrder } from './process/open-socket.ts';

/** What the spawner is told. `host` is a number that no other host of it ever has. */
export type Order =
  | { readonly kind: 'start'; readonly host: number; readonly command: CommandLine }
  /** Opens a connection and hands it to the host as the answer to its question `id`. */
  | { readonly kind: 'open'; readonly host: number; readonly id: number; readonly order: OpenOrder }
  | { readonly kind: 'kill'; readonly host: number };

/** What became of one host. */
export type HostNews =
  /** Comes with the supervisor's end of the frame pipe. */
  | { readonly kind: 'started'; readonly pid: number }
  | { readonly kind: 'stderr'; readonly text: string }
  | { readonly kind: 'opened'; readonly id: number }
  | { readonly kind: 'not_opened'; readonly id: number; readonly error: SystemError }
  /** It broke the rule of the socket channel. */
  | { readonly kind: 'violation'; readonly rule: string }
  /** It was told to kill it, and has. */
  | { readonly kind: 'killed' }
  /** Once, when it has ended or could not be started: nothing comes afterwards. */
  | { readonly kind: 'exited'; readonly reason: string };

/** What the spawner tells. */
export type News = { readonly host: number; readonly news: HostNews };

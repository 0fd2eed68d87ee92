/** What is known of a connection that may outlive its run. */
import type { SecureInfo, SocketAddresses } from '../../../bridge/operations.ts';
import type { Connection } from '../connections.ts';
import type { Follower } from './follower.ts';
import type { Origin } from './session-key.ts';

/** What goes with a connection that may be kept. */
export type Keeping = {
  readonly key: string;
  readonly origin?: Origin;
  readonly follower: Follower;
  readonly openedAtMs: number;
  addresses?: SocketAddresses;
  validUntilMs?: number;
};

/** Notes what a handshake came to: what is told of it to later runs, and until when. */
export function noteSecure({ keeping }: Connection, info: SecureInfo): void {
  if (keeping === undefined) return;
  keeping.follower.onSecure(info);
  const ends = info.peerCertificates.map(({ valid_to: end }) => Date.parse(String(end)));
  keeping.validUntilMs = Math.min(...ends.filter((end) => !Number.isNaN(end)));
}

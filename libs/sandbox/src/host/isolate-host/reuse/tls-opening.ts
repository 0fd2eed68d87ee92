/** How a connection that begins with TLS, or has none, is opened and taken up again: there is no login to play back. */
import type { Follower } from './follower.ts';
import { createTlsNote } from './tls-note.ts';

type Phase = 'open' | 'replaying' | 'lost';

export type TlsOpening = {
  /** `lost`: what it has become is not known, and it is not kept. */
  phase(): Phase;
  /** There is no TLS, or its handshake was a whole one. */
  isWhole(): boolean;
  /** Either side has said something: it is too late for TLS. */
  noteSpeech(): void;
  lose(): 'lost';
  /** What a follower does about it. */
  readonly steps: Pick<Follower, 'farewell' | 'onTls' | 'onSecure' | 'replay' | 'replaySecure'>;
};

const NOTHING = Buffer.alloc(0);

export function createTlsOpening(): TlsOpening {
  const tls = createTlsNote();
  let phase: Phase = 'open';
  let hasSpoken = false;
  const lose = (): 'lost' => {
    phase = 'lost';
    return 'lost';
  };
  return {
    phase: () => phase,
    isWhole: () => !tls.isThere() || tls.isWhole(),
    noteSpeech() {
      hasSpoken = true;
    },
    lose,
    steps: {
      farewell: NOTHING,
      onTls(options) {
        if (phase === 'replaying') return tls.isSame(options);
        if (hasSpoken || tls.isThere()) lose();
        tls.note(options);
        return true;
      },
      onSecure: tls.onSecure,
      replay() {
        phase = tls.isThere() ? 'replaying' : 'open';
        return NOTHING;
      },
      replaySecure() {
        const info = tls.info();
        if (phase !== 'replaying' || info === undefined) return undefined;
        phase = 'open';
        return { info, bytes: NOTHING };
      },
    },
  };
}

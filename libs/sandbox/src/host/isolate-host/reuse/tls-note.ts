/** What is noted of the TLS of a connection, for those who begin with TLS and may be kept. */
import { isDeepStrictEqual } from 'node:util';
import type { SecureInfo, TlsOptions } from '../../../bridge/operations.ts';

export type TlsNote = {
  readonly isThere: boolean;
  /** The handshake is done, and was a whole one: what a later run is told of it is what this one was told. */
  readonly isWhole: boolean;
  readonly info: SecureInfo | undefined;
  note(options: TlsOptions): void;
  isSame(options: TlsOptions): boolean;
  onSecure(info: SecureInfo): void;
};

/** A session to be taken up again is no part of what makes a connection the same. */
const withoutSession = ({ session: _, ...options }: TlsOptions): TlsOptions => options;

export function createTlsNote(): TlsNote {
  let noted: TlsOptions | undefined;
  let info: SecureInfo | undefined;
  return {
    get isThere() {
      return noted !== undefined;
    },
    get isWhole() {
      return info !== undefined && !info.sessionReused;
    },
    get info() {
      return info;
    },
    note(options) {
      noted = withoutSession(options);
    },
    isSame: (options) => noted !== undefined && isDeepStrictEqual(withoutSession(options), noted),
    onSecure(known) {
      info = known;
    },
  };
}

/** What is noted of the TLS of a connection, for those who begin with TLS and may be kept. */
import { isDeepStrictEqual } from 'node:util';
import type { SecureInfo, TlsOptions } from '../../../bridge/operations.ts';

export type TlsNote = {
  isThere(): boolean;
  /** The handshake is done, and was a whole one: what a later run is told of it is what this one was told. */
  isWhole(): boolean;
  info(): SecureInfo | undefined;
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
    isThere: () => noted !== undefined,
    isWhole: () => info !== undefined && !info.sessionReused,
    info: () => info,
    note(options) {
      noted = withoutSession(options);
    },
    isSame: (options) => noted !== undefined && isDeepStrictEqual(withoutSession(options), noted),
    onSecure(known) {
      info = known;
    },
  };
}

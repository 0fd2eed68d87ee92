/** How many connections one run opens, and how much it writes. */
import { LIMITS, QuotaExceeded } from './limits.ts';

export type SocketQuotas = ReturnType<typeof createQuotas>;

export function createQuotas() {
  const bytesOut = { onConnections: 0, onStreams: 0 };
  let asked = 0;
  return {
    countOut(length: number, where: keyof typeof bytesOut): void {
      bytesOut[where] += length;
      if (bytesOut[where] > LIMITS.bytesOut) {
        throw new QuotaExceeded(`The script wrote more than ${LIMITS.bytesOut} bytes`);
      }
    },
    countOpen(): void {
      asked += 1;
      if (asked > LIMITS.socketsOpened)
        throw new QuotaExceeded(`The script opened more than ${LIMITS.socketsOpened} connections`);
    },
  };
}

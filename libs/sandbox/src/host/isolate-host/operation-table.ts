/** Which part of the host carries out what the guest posts. */
import type { Answers } from './answers.ts';
import { asText } from './arguments.ts';
import type { CryptoDesk } from './crypto/crypto-desk.ts';
import type { RunClock } from './run-clock.ts';
import type { RunLog } from './run-log.ts';
import type { Sockets } from './sockets.ts';
import type { TransportLog } from './transport-log.ts';
import type { ZlibDesk } from './zlib/zlib-desk.ts';

/** Carries out one operation. Its parts are typed as the guest should send them and checked as if it did not. */
type CarryOut = (...parts: never[]) => void;

type Parts = {
  readonly transport: TransportLog;
  readonly log: RunLog;
  readonly sockets: Sockets;
  readonly answers: Answers;
  readonly clock: RunClock;
  readonly crypto: CryptoDesk;
  readonly zlib: ZlibDesk;
};

/** What carries out each operation, by its name. */
export const operationsOf = (
  { transport, log, sockets, answers, clock, crypto, zlib }: Parts,
  onReport: (report: unknown) => void,
): ReadonlyMap<string, CarryOut> =>
  new Map<string, CarryOut>([
    ['open', sockets.open],
    ['take', sockets.take],
    ['tls', sockets.startTls],
    ['taken', sockets.taken],
    ['join', sockets.join],
    ['write', sockets.write],
    ['farewell', sockets.farewell],
    ['end', sockets.end],
    ['destroy', sockets.destroy],
    ['pause', sockets.pause],
    ['resume', sockets.resume],
    ['option', sockets.setOption],
    ['resolve', answers.resolve],
    ['bcrypt', answers.bcrypt],
    ['crypto', crypto.start],
    ['zlib', zlib.step],
    ['zlibClose', zlib.release],
    ['alarm', clock.setAlarm],
    ['log', log.add],
    ['refused', (message: unknown) => transport.failed({ message: asText(message, 'message', 256), code: 'EACCES' })],
    ['done', onReport],
  ]);

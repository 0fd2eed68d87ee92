/**
 * MySQL and MariaDB: notes the greeting, the driver's answer to it and the server's consent. Played back, the same greeting
 * makes the same driver with the same password give the same answer, to the byte; a different one is let in nowhere.
 */
import { isDeepStrictEqual } from 'node:util';
import { FAREWELLS } from '../../../bridge/farewells.ts';
import type { SecureInfo, TlsOptions } from '../../../bridge/operations.ts';
import type { Follower, Written } from './follower.ts';
import { greetingOf, type MysqlSession, resetMysqlSession } from './mysql-reset.ts';
import { createPacketReader, type Packet } from './packets.ts';

const GREETING_BYTES_MAX = 4096;
const SSL_REQUEST_BYTES = 36;
const QUIT = Buffer.from(FAREWELLS.mysql);
/** Commands whose effects outlive a reset: another user, other capabilities. */
const LASTING = [0x11, 0x1b];
/**
 * A statement whose effects do: MariaDB leaves a session that has prepared a transaction of XA unable to read a table. Wherever it
 * stands: behind comments, in those that the server carries out, behind other statements.
 */
const XA = /(?<![a-z_$])xa(?:\s|\/\*|--|#)/i;
const STATEMENTS = [0x03, 0x16];
/** What of a statement is read; of a longer one nobody knows. */
const STATEMENT_BYTES = 4096;

type Tls = { readonly options: TlsOptions; info?: SecureInfo };
/** `lost`: not to be kept, whatever comes. */
type Phase = 'greeting' | 'login' | 'open' | 'replaying' | 'lost';

/** A session to be taken up again is no part of what makes a connection the same. */
const withoutSession = ({ session: _, ...options }: TlsOptions): TlsOptions => options;

const outlastsReset = ({ start, length }: Packet): boolean => {
  const command = start[0] as number;
  if (!STATEMENTS.includes(command)) return LASTING.includes(command);
  return length > STATEMENT_BYTES || XA.test(start.toString('latin1', 1));
};

export function createMysqlFollower(): Follower {
  let phase: Phase = 'greeting';
  let greeting: Buffer = Buffer.alloc(0);
  let tls: Tls | undefined;
  let sslRequest: Buffer | undefined;
  let login: Buffer | undefined;
  let consent: Buffer | undefined;
  let session: MysqlSession | undefined;
  let expected: Buffer[] = [];

  const fromServer = createPacketReader(64, ({ place, length, start }: Packet) => {
    if (phase !== 'login') return;
    if (start[0] === 0xff || length > 64) phase = 'lost';
    if (start[0] !== 0 || phase === 'lost') return;
    // Where the server asked for more, its consent came later than it will in a replay.
    const loginPlace = login?.[3] ?? 0;
    consent = Buffer.concat([Buffer.from([length, 0, 0, loginPlace + 1]), start]);
    phase = place > loginPlace ? 'open' : 'lost';
  });
  const fromDriver = createPacketReader(STATEMENT_BYTES, (packet) => {
    // Before it is let in a driver answers questions, which are numbered on; a command begins anew, and is done unseen.
    if (phase === 'login' ? packet.place === 0 : outlastsReset(packet)) phase = 'lost';
  });
  const onLogin = (bytes: Buffer): void => {
    const isWhole = bytes.length > 4 && bytes.readUIntLE(0, 3) === bytes.length - 4;
    if (!isWhole || phase !== 'greeting') phase = 'lost';
    else if (bytes.length === SSL_REQUEST_BYTES && sslRequest === undefined) sslRequest = bytes;
    else {
      login = bytes;
      session = greetingOf(greeting, bytes);
      phase = session === undefined || (sslRequest !== undefined && tls === undefined) ? 'lost' : 'login';
    }
  };
  const onReplayed = (bytes: Buffer): Written => {
    if (expected[0]?.equals(bytes) !== true) {
      phase = 'lost';
      return 'broken';
    }
    expected.shift();
    if (expected.length === 0) phase = 'open';
    return 'swallow';
  };

  return {
    farewell: QUIT,
    onWrite(bytes) {
      if (phase === 'replaying') return onReplayed(bytes);
      if (phase === 'open' && bytes.equals(QUIT) && fromDriver.isBetween() && fromServer.isBetween()) return 'farewell';
      if (phase === 'greeting') onLogin(bytes);
      else if (phase === 'login' || phase === 'open') fromDriver.push(bytes);
      return 'send';
    },
    onData(bytes) {
      if (phase === 'greeting' && sslRequest === undefined) {
        greeting = Buffer.concat([greeting, bytes]);
        if (greeting.length > GREETING_BYTES_MAX) phase = 'lost';
      } else if (phase === 'login' || phase === 'open') fromServer.push(bytes);
    },
    onTls(options) {
      if (phase === 'replaying') return isDeepStrictEqual(withoutSession(options), tls?.options);
      if (phase !== 'greeting' || sslRequest === undefined || tls !== undefined) phase = 'lost';
      tls = { options: withoutSession(options) };
      return true;
    },
    onSecure(info) {
      if (tls !== undefined) tls.info = info;
    },
    replay() {
      phase = 'replaying';
      expected = [...(sslRequest === undefined ? [] : [sslRequest]), login as Buffer];
      return greeting;
    },
    replaySecure: () => (tls?.info === undefined ? undefined : { info: tls.info, bytes: consent as Buffer }),
    takeNext: () => (sslRequest === undefined ? consent : undefined),
    async reset(socket) {
      if (session === undefined || (sslRequest !== undefined && tls?.info === undefined)) return false;
      return resetMysqlSession(socket, session);
    },
  };
}

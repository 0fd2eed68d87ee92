/**
 * PostgreSQL: notes the startup of a session and where its messages stand, so that a session that its driver left in order
 * can be put back (`DISCARD ALL`) and opened again without a handshake.
 */
import { isDeepStrictEqual } from 'node:util';
import { FAREWELLS } from '../../../bridge/farewells.ts';
import type { SecureInfo, TlsOptions } from '../../../bridge/operations.ts';
import type { Follower, Written } from './follower.ts';
import { createMessageReader } from './messages.ts';
import { createPgConversation } from './pg-conversation.ts';
import { resetPgSession } from './pg-reset.ts';
import { createPgWelcome } from './pg-welcome.ts';

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]);
const TERMINATE = Buffer.from(FAREWELLS.pg);
const PROTOCOL_3 = 3;
/** All that a driver has to say until it is let in; what it asked behind that would be answered uncounted. */
const PASSWORD = 'p';

type Tls = { readonly options: TlsOptions; info?: SecureInfo };
/** `lost`: not to be kept, whatever comes. */
type Phase = 'opening' | 'welcome' | 'open' | 'replaying' | 'lost';

const isStartup = (bytes: Buffer): boolean =>
  bytes.length > 8 && bytes.readUInt32BE(0) === bytes.length && bytes.readUInt16BE(4) === PROTOCOL_3;

/** Whether the driver has asked for a role, as a setting of its own or in the options: servers lose it with a reset. */
const asksForRole = (startup: Buffer): boolean =>
  /\0(?:role\0|options\0[^\0]*(?:role|session_authorization))/i.test(startup.toString('latin1').replaceAll('\\', ''));

export function createPgFollower(): Follower {
  const welcome = createPgWelcome();
  const answers = createMessageReader((kind) => {
    if (kind !== PASSWORD) phase = 'lost';
  });
  const conversation = createPgConversation();
  let phase: Phase = 'opening';
  let asksForSsl = false;
  let tls: Tls | undefined;
  let startup: Buffer | undefined;
  let expected: Buffer[] = [];
  let isChecked = false;

  const onOpening = (bytes: Buffer): void => {
    if (bytes.equals(SSL_REQUEST) && !asksForSsl) {
      asksForSsl = true;
      return;
    }
    startup = bytes;
    phase = isStartup(bytes) ? 'welcome' : 'lost';
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
    farewell: TERMINATE,
    onWrite(bytes) {
      if (phase === 'replaying') return onReplayed(bytes);
      if (phase === 'open' && bytes.equals(TERMINATE) && conversation.isInOrder()) return 'farewell';
      if (phase === 'opening') onOpening(bytes);
      else if (phase === 'welcome') answers.push(bytes);
      else if (phase === 'open') conversation.onWrite(bytes);
      return 'send';
    },
    onData(bytes) {
      if (phase === 'open') conversation.onData(bytes);
      else if (phase === 'welcome') {
        const rest = welcome.push(bytes);
        if (welcome.isLost() || (rest !== undefined && !answers.isBetween())) phase = 'lost';
        else if (rest !== undefined) {
          phase = 'open';
          conversation.onData(rest);
        }
      }
    },
    onTls(options) {
      if (phase === 'replaying') return isDeepStrictEqual(options, tls?.options);
      if (phase !== 'opening' || !asksForSsl || tls !== undefined) phase = 'lost';
      tls = { options };
      return true;
    },
    onSecure(info) {
      if (tls !== undefined) tls.info = info;
    },
    replay() {
      phase = 'replaying';
      expected = [...(asksForSsl ? [SSL_REQUEST] : []), startup as Buffer];
      return asksForSsl ? Buffer.from('S') : welcome.bytes();
    },
    replaySecure: () => (tls?.info === undefined ? undefined : { info: tls.info, bytes: welcome.bytes() }),
    async reset(socket) {
      if (welcome.processId() === 0 || (asksForSsl && tls?.info === undefined)) return false;
      if (asksForRole(startup as Buffer)) return false;
      const isReset = await resetPgSession(socket, isChecked ? undefined : welcome.processId());
      isChecked = true;
      return isReset;
    },
  };
}

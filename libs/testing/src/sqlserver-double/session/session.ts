import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { SeenLogin, Stage } from '../double-options.ts';
import { createPacketReader, createPacketWriter, type Message, PACKET } from '../wire/packets.ts';
import { agreeOnEncryption, ENCRYPTION, readPreloginEncryption, writePrelogin } from '../wire/prelogin.ts';
import { DONE, writeDone } from '../wire/tokens.ts';
import { createTransport, type Transport } from '../wire/transport.ts';
import { answerRequest, type Peer } from './answer-request.ts';
import { answerTransaction } from './answer-transaction.ts';
import { logIn } from './log-in.ts';
import { SERVER_VERSION, type ServerContext } from './server-context.ts';
import { createSessionState, DEFAULT_PACKET_BYTES, type SessionState } from './session-state.ts';
import { wait } from './wait.ts';

const TLS_HANDSHAKE = 0x16;

type Session = {
  readonly socket: Socket;
  readonly server: ServerContext;
  readonly state: SessionState;
  readonly transport: Transport;
  readonly peer: Peer;
  /** Aborted when the connection is gone. */
  readonly closed: AbortSignal;
  stage: 'prelogin' | 'login' | 'ready' | 'silent';
  encrypted: SeenLogin['encrypted'];
};

/** Serves one accepted connection until it ends. */
export const openSession = (socket: Socket, server: ServerContext, id: number): void => {
  socket.on('error', () => socket.destroy());
  socket.setNoDelay();
  if (isStruck(server, 'connect', socket)) return;
  socket.once('data', (first: Buffer) => {
    socket.pause();
    socket.unshift(first);
    const isTls = first[0] === TLS_HANDSHAKE;
    if (server.encryption === (isTls ? 'none' : 'strict')) socket.destroy();
    else if (isTls) serveStrict(socket, server, id);
    else serve(socket, socket, server, { id, encrypted: 'nothing' });
  });
};

/** Whether a fault keeps the session from going past this stage. What a silent server is sent it still takes. */
const isStruck = ({ behaviour }: ServerContext, stage: Stage, socket: Socket): boolean => {
  if (behaviour.dropAt === stage) socket.destroy();
  const isSilent = behaviour.silentAt === stage;
  if (isSilent) socket.resume();
  return socket.destroyed || isSilent;
};

const strikes = (session: Session, stage: Stage): boolean => {
  const struck = isStruck(session.server, stage, session.socket);
  if (struck) session.stage = 'silent';
  return struck;
};

const serveStrict = (socket: Socket, server: ServerContext, id: number): void => {
  if (isStruck(server, 'tls', socket)) return;
  const { secureContext } = server;
  const secure = new TLSSocket(socket, { isServer: true, secureContext, ALPNProtocols: ['tds/8.0'] });
  secure.on('error', () => socket.destroy());
  secure.once('secure', () => {
    if (secure.alpnProtocol === 'tds/8.0') serve(socket, secure, server, { id, encrypted: 'strict' });
    else socket.destroy();
  });
};

const serve = (
  socket: Socket,
  stream: Duplex,
  server: ServerContext,
  { id, encrypted }: { id: number; encrypted: SeenLogin['encrypted'] },
): void => {
  const closed = new AbortController();
  let work: Promise<void> = Promise.resolve();
  let latest = new AbortController();
  const receive = createPacketReader((message) => {
    if (message.type === PACKET.attention) {
      latest.abort();
      work = work.then(() => acknowledgeCancel(session));
      return;
    }
    latest = new AbortController();
    const signal = AbortSignal.any([latest.signal, closed.signal]);
    work = work.then(() => answer(session, message, signal)).catch(() => void socket.destroy());
  });
  const transport = createTransport(stream, (chunk) => {
    try {
      receive(chunk);
    } catch {
      socket.destroy();
    }
  });
  const peer: Peer = {
    send: transport.send,
    drop: (how) => void (how === 'reset' ? socket.resetAndDestroy() : socket.destroy()),
    silence: () => {
      session.stage = 'silent';
    },
  };
  const state = createSessionState(id);
  const session: Session = {
    socket,
    server,
    state,
    transport,
    peer,
    closed: closed.signal,
    stage: 'prelogin',
    encrypted,
  };
  socket.once('close', () => {
    closed.abort();
    state.transactions.rollback();
  });
};

const answer = async (session: Session, message: Message, signal: AbortSignal): Promise<void> => {
  const { stage, server, state, peer } = session;
  if (stage === 'silent') return;
  if (stage === 'prelogin' && message.type === PACKET.prelogin) return answerPrelogin(session, message.payload);
  if (stage === 'login' && message.type === PACKET.login) return answerLogin(session, message.payload);
  if (stage !== 'ready') return peer.drop('close');
  if (message.ignored) return sendDone(session, DONE.error);
  if (message.type === PACKET.transaction) return answerTransaction(message, server, state, peer.send);
  if (message.type !== PACKET.batch && message.type !== PACKET.rpc) return peer.drop('close');
  return answerRequest(message, server, { state, peer }, signal);
};

const sendDone = (session: Session, status: number): Promise<void> => {
  const packets = createPacketWriter(PACKET.reply, session.state.packetBytes, session.peer.send);
  writeDone(packets.content, 'done', status);
  return packets.end();
};

const acknowledgeCancel = async (session: Session): Promise<void> => {
  const { stage, server, state } = session;
  server.requests.push({ session: state.id, kind: 'cancel', sql: '', parameters: {}, inTransaction: false });
  if (stage === 'ready') await sendDone(session, DONE.attention);
};

const answerPrelogin = async (session: Session, payload: Buffer): Promise<void> => {
  const { socket, server, transport } = session;
  if (strikes(session, 'prelogin')) return;
  const policy = server.encryption === 'strict' ? 'required' : server.encryption;
  const agreement =
    session.encrypted === 'strict'
      ? { answer: ENCRYPTION.on, encrypts: 'nothing' as const, acceptable: true }
      : agreeOnEncryption(policy, readPreloginEncryption(payload));
  const packets = createPacketWriter(PACKET.reply, DEFAULT_PACKET_BYTES, transport.send);
  packets.content.bytes(writePrelogin(SERVER_VERSION, agreement.answer));
  const sent = packets.end();
  session.stage = 'login';
  if (agreement.acceptable && agreement.encrypts !== 'nothing' && !strikes(session, 'tls')) {
    session.encrypted = agreement.encrypts;
    // Not awaited: the handshake's messages come the way that this one came, and wait for this to end.
    transport.startTls(server.secureContext).catch(() => socket.destroy());
  }
  await sent;
  if (!agreement.acceptable) socket.end();
};

const answerLogin = async (session: Session, payload: Buffer): Promise<void> => {
  const { socket, server, state, transport, encrypted } = session;
  if (encrypted === 'login') transport.stopTls();
  if (strikes(session, 'login')) return;
  await wait(server.behaviour.delayMs, session.closed);
  const succeeded = await logIn(payload, server, { state, encrypted }, transport.send);
  session.stage = 'ready';
  if (!succeeded) socket.end();
};

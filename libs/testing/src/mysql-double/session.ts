/** One connection of a client: greeting, authentication, commands. */
import type { KeyObject } from 'node:crypto';
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { decryptPassword, isRightScramble, readPassword } from './caching-sha2.ts';
import { type ClientAnswer, greetingBody, isTlsRequest, NONCE_BYTES, readClientAnswer } from './greeting.ts';
import { createPacketReader, framePackets, type Packet, uint8, zeroText } from './packets.ts';
import { errorBody, moreAuthenticationBody, okBody, resultSetBodies, type ServerError } from './replies.ts';

const PLUGIN = 'caching_sha2_password';
const FAST = 3;
const FULL = 4;
const KEY_REQUEST = 2;
const COMMANDS = { quit: 1, useDatabase: 2, query: 3, ping: 14 } as const;

/** A login as the server saw it; nothing secret is in it. */
export type SeenMysqlLogin = {
  readonly user: string;
  readonly database: string;
  /** `fast`: by the scramble alone; `rsa`: the password under the server's key; `tls`: in the open inside TLS. */
  readonly way: 'fast' | 'rsa' | 'tls';
  readonly askedForKey: boolean;
  readonly succeeded: boolean;
};

export type Rows = readonly Readonly<Record<string, string | null>>[];

export type MysqlDoubleContext = {
  readonly user: string;
  readonly password: string;
  readonly announcedPlugin: string;
  readonly privateKey: KeyObject;
  readonly publicKeyPem: string;
  readonly secureContext: SecureContext | undefined;
  readonly answer: (sql: string) => Rows | { readonly error: ServerError } | 'drop';
  readonly logins: SeenMysqlLogin[];
  /** Users whose password the server has seen: for them a scramble is enough. */
  readonly cache: Set<string>;
};

type Step = (packet: Packet) => void;

const denied = (user: string): ServerError => ({
  code: 1045,
  state: '28000',
  message: `Access denied for user '${user}'@'localhost' (using password: YES)`,
});

/** Serves a connection until either side ends it. */
export const openMysqlSession = (socket: Socket, context: MysqlDoubleContext, connectionId: number): void => {
  const nonce = Buffer.from(randomBytes(NONCE_BYTES).map((byte) => (byte % 127) + 1));
  let stream: Socket = socket;
  let reader = createPacketReader();
  let step: Step;
  const send = (sequence: number, ...bodies: Buffer[]): void => void stream.write(framePackets(sequence, bodies));
  const listen = (): void => {
    reader = createPacketReader();
    stream.on('error', () => stream.destroy());
    stream.on('data', (bytes: Buffer) => {
      for (const packet of reader.push(bytes)) step(packet);
    });
  };
  const startTls = (secureContext: SecureContext): void => {
    socket.pause().removeAllListeners('data');
    // The client did not wait: its first words in TLS may be here already.
    if (reader.rest.length > 0) socket.unshift(reader.rest);
    stream = new TLSSocket(socket, { isServer: true, secureContext });
    listen();
  };

  const finish = (sequence: number, login: SeenMysqlLogin): void => {
    context.logins.push(login);
    if (login.succeeded) {
      context.cache.add(login.user);
      step = command;
      send(sequence, ...(login.way === 'fast' ? [moreAuthenticationBody(uint8(FAST))] : []), okBody());
    } else stream.end(framePackets(sequence, [errorBody(denied(login.user))]));
  };
  const takePassword =
    (answer: ClientAnswer, askedForKey: boolean): Step =>
    ({ sequence, body }) => {
      const isTls = stream !== socket;
      if (!isTls && !askedForKey && body.length === 1 && body[0] === KEY_REQUEST) {
        step = takePassword(answer, true);
        send(sequence + 1, moreAuthenticationBody(Buffer.from(context.publicKeyPem)));
        return;
      }
      const password = isTls ? readPassword(body) : decryptPassword(body, context.privateKey, nonce);
      const succeeded = answer.user === context.user && password === context.password;
      const { user, database } = answer;
      finish(sequence + 1, { user, database, way: isTls ? 'tls' : 'rsa', askedForKey, succeeded });
    };
  const takeScramble = (answer: ClientAnswer, { sequence, body }: Packet): void => {
    const { user, database } = answer;
    const isRight = user === context.user && isRightScramble(body, context.password, nonce);
    if (context.cache.has(user) && isRight) {
      finish(sequence + 1, { user, database, way: 'fast', askedForKey: false, succeeded: true });
      return;
    }
    step = takePassword(answer, false);
    send(sequence + 1, moreAuthenticationBody(uint8(FULL)));
  };
  const takeAnswer: Step = ({ sequence, body }) => {
    if (context.secureContext && stream === socket && isTlsRequest(body)) {
      startTls(context.secureContext);
      return;
    }
    const answer = readClientAnswer(body);
    if (answer.plugin === PLUGIN) {
      takeScramble(answer, { sequence, body: answer.proof });
      return;
    }
    step = (packet) => takeScramble(answer, packet);
    send(sequence + 1, Buffer.concat([uint8(0xfe), zeroText(PLUGIN), nonce, uint8(0)]));
  };
  const answerQuery = (sql: string): void => {
    const reply = context.answer(sql);
    if (reply === 'drop') stream.destroy();
    else if ('error' in reply) send(1, errorBody(reply.error));
    else if (reply.length === 0) send(1, okBody());
    else send(1, ...resultSetBodies(reply));
  };
  const command: Step = ({ body }) => {
    const [code] = body;
    if (code === COMMANDS.quit) stream.end();
    else if (code === COMMANDS.query) answerQuery(body.toString('utf8', 1));
    else if (code === COMMANDS.ping || code === COMMANDS.useDatabase) send(1, okBody());
    else send(1, errorBody({ code: 1047, state: '08S01', message: 'Unknown command' }));
  };

  step = takeAnswer;
  listen();
  const greeting = { connectionId, nonce, plugin: context.announcedPlugin, tls: context.secureContext !== undefined };
  send(0, greetingBody(greeting));
};

import type { SeenLogin } from '../double-options.ts';
import { COLLATION } from '../types/wire-type.ts';
import { type Login7, readLogin7 } from '../wire/login7.ts';
import {
  ENVIRONMENT,
  writeEnvironmentBytes,
  writeEnvironmentText,
  writeFeatures,
  writeLoginAcknowledged,
  writeRouting,
} from '../wire/tokens.ts';
import { createReply, type Reply } from './reply.ts';
import { SERVER_VERSION, type ServerContext } from './server-context.ts';
import { DEFAULT_PACKET_BYTES, type SessionState } from './session-state.ts';

const LANGUAGE = 'us_english';
const SYSTEM_DATABASES = ['master', 'tempdb'];
const LARGEST_PACKET_BYTES = 32_767;
const SMALLEST_PACKET_BYTES = 512;

const chosenPacketBytes = (asked: number): number =>
  asked === 0 ? DEFAULT_PACKET_BYTES : Math.min(Math.max(asked, SMALLEST_PACKET_BYTES), LARGEST_PACKET_BYTES);

const isRight = (login: Login7, server: ServerContext): boolean =>
  login.userName.toLowerCase() === server.user.toLowerCase() && login.password === server.password;

const fail = async (reply: Reply, userName: string): Promise<false> => {
  reply.error({ number: 18456, message: `Login failed for user '${userName}'.`, state: 1, class: 14 });
  await reply.finish();
  return false;
};

/** Answers LOGIN7; false where the login failed and the connection is to end. */
export const logIn = async (
  payload: Buffer,
  server: ServerContext,
  session: { state: SessionState; encrypted: SeenLogin['encrypted'] },
  send: (bytes: Buffer) => Promise<void>,
): Promise<boolean> => {
  const { state, encrypted } = session;
  const login = readLogin7(payload);
  const { userName, appName, hostName, serverName, tdsVersion, packetBytes } = login;
  const database = login.database || server.database;
  const hasDatabase = [server.database, ...SYSTEM_DATABASES].some((name) => same(name, database));
  const succeeded = isRight(login, server) && hasDatabase;
  const seen = { session: state.id, userName, database, appName, hostName, serverName, tdsVersion, packetBytes };
  server.logins.push({ ...seen, succeeded, encrypted });
  state.tdsVersion = tdsVersion;
  const reply = createReply(state, 'batch', server.serverName, send);
  if (!isRight(login, server)) return fail(reply, userName);
  if (!hasDatabase) {
    const message = `Cannot open database "${database}" requested by the login. The login failed.`;
    reply.error({ number: 4060, message, state: 1, class: 11 });
    return fail(reply, userName);
  }
  Object.assign(state, { userName, database });
  acknowledge(reply, login, { ...state, packetBytes: chosenPacketBytes(packetBytes) });
  if (server.behaviour.redirectTo) {
    writeRouting(reply.writer, server.behaviour.redirectTo.host, server.behaviour.redirectTo.port);
  }
  await reply.finish();
  state.packetBytes = chosenPacketBytes(packetBytes);
  return true;
};

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const acknowledge = (reply: Reply, login: Login7, state: SessionState): void => {
  const { writer } = reply;
  const language = login.language || LANGUAGE;
  writeEnvironmentText(writer, ENVIRONMENT.database, state.database, 'master');
  reply.print({ message: `Changed database context to '${state.database}'.`, number: 5701, state: 2 });
  writeEnvironmentBytes(writer, ENVIRONMENT.collation, COLLATION, Buffer.alloc(0));
  writeEnvironmentText(writer, ENVIRONMENT.language, language, '');
  reply.print({ message: `Changed language setting to ${language}.`, number: 5703 });
  writeLoginAcknowledged(writer, login.tdsVersion, SERVER_VERSION);
  writeEnvironmentText(writer, ENVIRONMENT.packetSize, String(state.packetBytes), String(DEFAULT_PACKET_BYTES));
  writeFeatures(writer, login.features);
};

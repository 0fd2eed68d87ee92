/** Puts a session of MySQL or MariaDB back to what it was when it was opened. */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { commandPacket, createPacketReader, type Packet } from './packets.ts';

/** What is known of a session from its opening; `names` is found out when it is reset for the first time. */
export type MysqlSession = {
  readonly threadId: number;
  readonly charset: number;
  /** The name that was logged in with, as it was sent. */
  readonly user: Uint8Array;
  readonly database: string;
  /** Asked for by a flag of the login, which no reset remembers. */
  readonly ignoresSpace: boolean;
  names?: string;
};

const QUERY = 3;
const INIT_DB = 2;
const RESET_CONNECTION = 0x1f;
const CONNECT_WITH_DB = 8;
const IGNORE_SPACE = 0x100;
/** Another limit of idle time, for the login alone. */
const INTERACTIVE = 0x400;
const SECURE_CONNECTION = 0x8000;
const LENENC_DATA = 0x200000;
const HEAD_BYTES = 4;
const FIXED_BYTES = 32;

/** The database that the driver has logged in to, which stands behind user and answer; undefined where it cannot be read. */
function databaseIn(login: Buffer, flags: number, nameEnd: number): string | undefined {
  if ((flags & CONNECT_WITH_DB) === 0) return '';
  const answerBytes = login[nameEnd + 1] ?? 0;
  if (answerBytes > 250 || (flags & (SECURE_CONNECTION | LENENC_DATA)) === 0) return undefined;
  const start = nameEnd + 2 + answerBytes;
  const end = login.indexOf(0, start);
  return end < 0 ? undefined : login.toString('utf8', start, end);
}

/** Undefined where the greeting or the answer are not as they have been since MySQL 4.1. */
export function greetingOf(greeting: Buffer, login: Buffer): MysqlSession | undefined {
  const versionEnd = greeting.indexOf(0, HEAD_BYTES + 1);
  if (greeting[HEAD_BYTES] !== 10 || versionEnd < 0 || greeting.length < versionEnd + 5) return undefined;
  if (login.length < HEAD_BYTES + FIXED_BYTES + 2) return undefined;
  const flags = login.readUInt32LE(HEAD_BYTES);
  const threadId = greeting.readUInt32LE(versionEnd + 1);
  const charset = login[HEAD_BYTES + 8] as number;
  const nameEnd = login.indexOf(0, HEAD_BYTES + FIXED_BYTES);
  const database = nameEnd < 0 ? undefined : databaseIn(login, flags, nameEnd);
  if (database === undefined || (flags & INTERACTIVE) !== 0) return undefined;
  const user = login.subarray(HEAD_BYTES + FIXED_BYTES, nameEnd);
  return { threadId, charset, user, database, ignoresSpace: (flags & IGNORE_SPACE) !== 0 };
}

const ADD_IGNORE_SPACE = "SET sql_mode = IF(@@sql_mode = '', 'IGNORE_SPACE', CONCAT(@@sql_mode, ',IGNORE_SPACE'))";

/** What a query of one row came to: whether all went as it should, and the row as it came. */
type Answers = { readonly isWhole: boolean; readonly row: string };

/**
 * Sends commands whose answers are `oks` consents and then one row of one column that begins with `mark`. Nothing else may
 * come: an answer that an earlier command still owes would show here.
 */
function exchange(socket: Socket, bytes: Buffer, oks: number, mark: string): Promise<Answers> {
  const { promise, resolve } = Promise.withResolvers<Answers>();
  let step = 0;
  let row = '';
  let ends = 0;
  let isDone = false;
  const fail = (): void => resolve({ isWhole: false, row });
  /** The column count, the column, perhaps its end, the row, the end. */
  const onRow = ({ start, length }: Packet): void => {
    const isEnd = start[0] === 0xfe && length < 9;
    if (step === oks && (length !== 1 || start[0] !== 1)) fail();
    if (step < oks + 2) return;
    if (isEnd) ends += 1;
    if (ends > 1 && row === '') fail();
    if (isEnd && row === '') return;
    if (isEnd) isDone = true;
    else if (row === '') row = start.toString('utf8', 1);
    else fail();
    if (row !== '' && !row.startsWith(mark)) fail();
  };
  const reader = createPacketReader(250, (packet) => {
    if (isDone || packet.start[0] === 0xff || (step < oks && packet.start[0] !== 0)) fail();
    if (step >= oks) onRow(packet);
    step += 1;
  });
  const onData = (data: Buffer): void => {
    reader.push(data);
    if (isDone) resolve({ isWhole: reader.isBetween(), row });
  };
  socket.on('data', onData);
  socket.on('close', fail);
  socket.write(bytes);
  return promise.finally(() => {
    socket.off('data', onData);
    socket.off('close', fail);
  });
}

/**
 * The names of the session's character set, as far as it can be reset at all: served by the thread that let it in, with no
 * proxy between, and with nothing that the server does at a login alone.
 */
const namesQuery = (mark: string, { threadId, charset }: MysqlSession): string =>
  `SELECT CONCAT('${mark} ', character_set_name, ' ', collation_name) FROM information_schema.collations ` +
  `WHERE id = ${charset} AND CONNECTION_ID() = ${threadId} AND @@init_connect = ''`;

async function findNames(socket: Socket, session: MysqlSession): Promise<string | undefined> {
  const mark = randomBytes(12).toString('hex');
  const reset = commandPacket(RESET_CONNECTION);
  const query = commandPacket(QUERY, namesQuery(mark, session));
  const { isWhole, row } = await exchange(socket, Buffer.concat([reset, query]), 1, mark);
  const [, charset, collation] = /^\w+ (\w+) (\w+)$/.exec(row) ?? [];
  return isWhole && charset !== undefined ? `SET NAMES ${charset} COLLATE ${collation}` : undefined;
}

const DEFAULT_ROLE = "SELECT BINARY role_name FROM information_schema.applicable_roles WHERE is_default = 'YES'";
/**
 * Whether a session has the role of its login, which no reset is sure to give back. MariaDB lets in with the default role;
 * MySQL since 8.0 may do so with several: whoever has any is taken for changed there. Before, there were no roles.
 */
const HAS_ITS_ROLE = `/*M!100005 BINARY CURRENT_ROLE() <=> (${DEFAULT_ROLE}) AND */ /*!80000 CURRENT_ROLE() = 'NONE' AND */`;

/**
 * Whether no run has asked for profiles: after a reset MariaDB says that there are none, goes on to record every statement, and
 * shows those of earlier runs. Each that is recorded has rows here, however short the list that is shown.
 */
const IS_UNPROFILED = 'NOT EXISTS (SELECT 1 FROM information_schema.PROFILING) AND';

/** Whether the session is that of the user who has logged in; a server may have statements that change it. */
const isOf = (user: Uint8Array): string => {
  const name = Buffer.concat([user, Buffer.from('@')]);
  return `LEFT(CAST(USER() AS BINARY), ${name.length}) = x'${name.toString('hex')}' AND`;
};

/** Needs the socket to flow, and to itself. */
export async function resetMysqlSession(socket: Socket, session: MysqlSession): Promise<boolean> {
  session.names ??= (await findNames(socket, session)) ?? '';
  if (session.names === '') return false;
  const mark = randomBytes(12).toString('hex');
  const { user, database, ignoresSpace } = session;
  const commands = [
    commandPacket(RESET_CONNECTION),
    commandPacket(QUERY, session.names),
    ...(ignoresSpace ? [commandPacket(QUERY, ADD_IGNORE_SPACE)] : []),
    // Whoever has none at a login is left without one, which no command brings back.
    ...(database === '' ? [] : [commandPacket(INIT_DB, database)]),
    commandPacket(
      QUERY,
      `SELECT '${mark}' FROM DUAL WHERE ${isOf(user)} ${HAS_ITS_ROLE} ${IS_UNPROFILED} ${database === '' ? 'DATABASE() IS NULL' : 'TRUE'}`,
    ),
  ];
  const { isWhole } = await exchange(socket, Buffer.concat(commands), commands.length - 1, mark);
  return isWhole;
}

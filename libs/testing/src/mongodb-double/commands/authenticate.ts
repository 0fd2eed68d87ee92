import { Binary, type Document } from 'bson';
import { isTrue } from '../data/matches.ts';
import { isDocument } from '../data/values.ts';
import { type CommandFailure, failure } from '../failure.ts';
import type { Call } from '../session/member.ts';
import { startScram } from '../session/scram.ts';

const CONVERSATION_ID = 1;

const authenticationFailed = (): CommandFailure => failure(18, 'Authentication failed.');

const textOf = (payload: unknown): string =>
  payload instanceof Binary ? Buffer.from(payload.value()).toString('utf8') : String(payload ?? '');

const reply = (payload: string, done: boolean): Document => ({
  conversationId: CONVERSATION_ID,
  done,
  payload: new Binary(Buffer.from(payload)),
});

/** Begins a login. Throws AuthenticationFailed for a user that is not known in this database. */
export const saslStart = ({ command, database, connection }: Call): Document => {
  connection.conversation = undefined;
  const { mechanism, payload, options } = command;
  if (mechanism !== 'SCRAM-SHA-1' && mechanism !== 'SCRAM-SHA-256') {
    throw failure(334, `Received authentication for mechanism ${mechanism} which is not enabled`);
  }
  const { accounts } = connection.member.deployment;
  const scram = startScram(textOf(payload), mechanism, { accounts, database });
  if (scram === undefined) throw authenticationFailed();
  const skipsEmpty = isDocument(options) && isTrue(options.skipEmptyExchange);
  connection.conversation = { ...scram, id: CONVERSATION_ID, skipsEmpty, isProven: false };
  return reply(scram.first, false);
};

/** Goes on with a login: the proof, then where the client wants it one empty exchange. Throws AuthenticationFailed. */
export const saslContinue = ({ command, connection }: Call): Document => {
  const { conversation } = connection;
  if (conversation === undefined || Number(command.conversationId) !== conversation.id) {
    throw failure(17, 'No SASL session state found');
  }
  if (conversation.isProven) return finish(connection, '');
  const proven = conversation.prove(textOf(command.payload));
  if (proven === undefined) {
    connection.conversation = undefined;
    throw authenticationFailed();
  }
  if (conversation.skipsEmpty) return finish(connection, proven);
  conversation.isProven = true;
  return reply(proven, false);
};

const finish = (connection: Call['connection'], payload: string): Document => {
  connection.login = connection.conversation?.account;
  connection.conversation = undefined;
  return reply(payload, true);
};

/** A login by the client's certificate: its subject is the user. Throws AuthenticationFailed. */
export const authenticate = ({ command, connection }: Call): Document => {
  const { mechanism, user } = command;
  if (mechanism !== 'MONGODB-X509') {
    throw failure(334, `Received authentication for mechanism ${mechanism} which is not enabled`);
  }
  const subject = connection.certificateSubject();
  const account = connection.member.deployment.accounts.find(
    (candidate) => candidate.user === subject && candidate.mechanisms.includes('MONGODB-X509'),
  );
  if (account === undefined || (user !== undefined && user !== subject)) throw authenticationFailed();
  connection.login = account;
  return { dbname: '$external', user: subject };
};

/** The login that a client begins within its first `hello`; where it fails, the answer says nothing of it. */
export const speculate = (call: Call): Document => {
  const { speculativeAuthenticate: start } = call.command;
  if (!isDocument(start)) return {};
  const database = typeof start.db === 'string' ? start.db : call.database;
  const begin = start.saslStart === undefined ? authenticate : saslStart;
  try {
    return { speculativeAuthenticate: begin({ ...call, database, command: start }) };
  } catch {
    return {};
  }
};

import { type Document, Double } from 'bson';
import { keyOf } from '../data/values.ts';
import { failure, notInDouble } from '../failure.ts';
import type { Call } from '../session/member.ts';
import { type Command, findCommand } from './commands.ts';

/** Carries a command out. Throws a CommandFailure for what a server answers with an error. */
export const runCommand = (call: Call): Document => {
  const { name, command } = call;
  const found = findCommand(name);
  if (found === undefined) throw failure(59, `no such command: '${name}'`);
  requireLogin(call, found);
  requirePrimary(call, found);
  if (command.startTransaction === true || command.autocommit === false) {
    throw notInDouble('transactions');
  }
  if (command.collation !== undefined && name !== 'find') throw notInDouble(`collations of ${name}`);
  return { ...runOnce(call, found), ok: new Double(1) };
};

const requireLogin = ({ name, connection }: Call, { needsLogin }: Command): void => {
  const isOpen = connection.member.deployment.accounts.length === 0;
  if (!needsLogin || isOpen || connection.login !== undefined) return;
  throw failure(13, `Command ${name} requires authentication`);
};

const requirePrimary = ({ command, connection }: Call, { kind }: Command): void => {
  const { topology } = connection.member.deployment;
  if (kind === 'other' || topology.primary() === connection.member.index) return;
  const mode = command.$readPreference?.mode ?? 'primary';
  if (kind === 'write') throw failure(10107, 'not primary');
  if (mode === 'primary') throw failure(13435, 'not primary and secondaryOk=false');
};

/** A write that a session repeats under its number is not carried out again: its first answer is given. */
const runOnce = (call: Call, { run }: Command): Document => {
  const { lsid, txnNumber } = call.command;
  if (txnNumber === undefined) return run(call);
  const { topology, retryableWrites } = call.connection.member.deployment;
  if (topology.setName === undefined) {
    throw failure(20, 'Transaction numbers are only allowed on a replica set member or mongos');
  }
  const [session, number] = [keyOf(lsid), keyOf(txnNumber)];
  const earlier = retryableWrites.get(session);
  if (earlier?.number === number) return earlier.reply;
  const reply = run(call);
  retryableWrites.set(session, { number, reply });
  return reply;
};

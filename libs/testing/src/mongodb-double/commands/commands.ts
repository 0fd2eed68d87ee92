import type { Document } from 'bson';
import type { Call } from '../session/member.ts';
import { ADMINISTRATION } from './administer.ts';
import { authenticate, saslContinue, saslStart } from './authenticate.ts';
import { findAndModify } from './find-and-modify.ts';
import { hello } from './hello.ts';
import { INDEX_COMMANDS } from './index-commands.ts';
import { aggregate, count, distinct, find, getMore, killCursors } from './read-commands.ts';
import { deleteMany, insert, update } from './write-commands.ts';

/** A command that the double knows. */
export type Command = {
  /** Writes are for the primary, reads for it unless the client says otherwise, the rest for every member. */
  readonly kind: 'read' | 'write' | 'other';
  readonly needsLogin: boolean;
  readonly run: (call: Call) => Document;
};

type Run = Command['run'];

const listed = (kind: Command['kind'], needsLogin: boolean, runs: Readonly<Record<string, Run>>): [string, Command][] =>
  Object.entries(runs).map(([name, run]) => [name, { kind, needsLogin, run }]);

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ...listed('other', false, { hello, isMaster: hello, ismaster: hello, saslStart, saslContinue, authenticate }),
  ...listed('other', false, { ping: () => ({}), ...ADMINISTRATION.open }),
  ...listed('other', true, { getMore, killCursors, ...ADMINISTRATION.other }),
  ...listed('read', true, { find, count, distinct, aggregate, ...ADMINISTRATION.reads, ...INDEX_COMMANDS.reads }),
  ...listed('write', true, { insert, update, delete: deleteMany, findAndModify, findandmodify: findAndModify }),
  ...listed('write', true, { ...ADMINISTRATION.writes, ...INDEX_COMMANDS.writes }),
]);

/** The command of that name, undefined where there is none. */
export const findCommand = (name: string): Command | undefined => COMMANDS.get(name);

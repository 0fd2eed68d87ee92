import { INVALID_CREDENTIALS, refuse, SCRIPT_FAILED, UNREACHABLE, USER_EXISTS, USER_NOT_FOUND } from './answer.ts';
import { addRow, type Model, setPassword } from './model.ts';
import { hasIdentifier, type Identifier, identifiersOf, type Profile, type Row, type Who } from './people.ts';

type Script = 'login' | 'getUser' | 'listUsers' | 'createUser' | 'updateUser' | 'deleteUser' | 'validatePassword';

/** A run of a script, as the log history will have it. */
const run = <T>(model: Model, script: Script, body: () => T): T => {
  const end = (outcome: string) => void model.ran.push(`${script} ${outcome}`);
  if (script === 'login' && model.isLoginBroken) {
    end('threw');
    return refuse(SCRIPT_FAILED);
  }
  if (!model.isReachable) {
    end('store_unreachable');
    return refuse(UNREACHABLE);
  }
  try {
    const value = body();
    end('completed');
    return value;
  } catch (error) {
    end('threw');
    throw error;
  }
};

const isNamed = ({ id, profile }: Row, who: Who): boolean =>
  who.kind === 'legacy id' ? id === who.value : hasIdentifier(profile, who);

/** Whom the legacy database has under one of these names. */
export const rowOf = ({ there }: Model, ...names: readonly Who[]): Row | undefined =>
  there.find((row) => names.some((name) => isNamed(row, name)));

const rowById = (model: Model, id: string): Row =>
  rowOf(model, { kind: 'legacy id', value: id }) ?? refuse(USER_NOT_FOUND);

export const loginScript = (model: Model, by: Identifier, password: string): Row =>
  run(model, 'login', () => {
    const row = rowOf(model, by);
    return row?.password === password ? row : refuse(INVALID_CREDENTIALS);
  });

export const getUserScript = (model: Model, ...names: readonly Who[]): Row | undefined =>
  run(model, 'getUser', () => rowOf(model, ...names));

export const listUsersScript = (model: Model): readonly Row[] => run(model, 'listUsers', () => model.there);

export const createUserScript = (model: Model, profile: Profile, password: string): Row =>
  run(model, 'createUser', () => addRow(model, { profile, password }));

/** `undefined`: there was nothing to change that the table has a column for. */
export const updateUserScript = (model: Model, id: string, updates: Profile, password?: string): Row | undefined =>
  run(model, 'updateUser', () => {
    const { blocked: _, ...columns } = updates;
    if (Object.keys(columns).length === 0 && password === undefined) return undefined;
    const row = rowById(model, id);
    const others = model.there.filter((other) => other !== row);
    const isTaken = identifiersOf(columns).some((one) => others.some(({ profile }) => hasIdentifier(profile, one)));
    if (isTaken) return refuse(USER_EXISTS);
    row.profile = { ...row.profile, ...columns };
    if (password !== undefined) setPassword(row, password);
    return row;
  });

export const deleteUserScript = (model: Model, id: string): void =>
  run(model, 'deleteUser', () => {
    const gone = rowById(model, id);
    model.there = model.there.filter((row) => row !== gone);
  });

export const validatePasswordScript = (model: Model, id: string, password: string): boolean =>
  run(model, 'validatePassword', () => rowById(model, id).password === password);

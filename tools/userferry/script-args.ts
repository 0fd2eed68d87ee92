import { ACTIONS, type ScriptAction } from '@userferry/script-contract';
import { UsageError } from './usage-error.ts';

/** A script's arguments by name, as a command line or a case gives them. */
export type NamedArgs = {
  readonly id?: string | number | undefined;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly username?: string | undefined;
  readonly keyword?: string | undefined;
  readonly page?: number | undefined;
  readonly limit?: number | undefined;
  readonly password?: string | undefined;
  /** Fields of a new user, or what changes. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
  /** Over what stands in for the facts of a call. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
};

/** Actions that take a password of its own; of a new user and of changes it is a field. */
export const takesPassword = (action: ScriptAction): boolean => ACTIONS[action].parameters.includes('password');

/** What stands for the facts of a call where nobody calls. */
const CONTEXT = {
  userPoolId: '00000000-0000-4000-8000-000000000000',
  userPoolName: 'Workbench',
  userPoolMetadata: {},
  appId: '',
  appName: 'Workbench',
  appMetadata: {},
  application: 'Workbench',
  request: { ip: '127.0.0.1', geo: null, body: {} },
} as const;

type Given = Exclude<keyof NamedArgs, 'context'>;

/** What each action takes by name; the first that is missing is told. */
const TAKES: Readonly<Record<ScriptAction, readonly Given[]>> = {
  login: ['email', 'phone', 'username', 'password'],
  getUser: ['id', 'email', 'phone', 'username'],
  searchUser: ['keyword'],
  createUser: ['email', 'phone', 'username', 'password', 'fields'],
  updateUser: ['id', 'email', 'phone', 'username', 'password', 'fields'],
  deleteUser: ['id'],
  listUsers: ['page', 'limit'],
  validatePassword: ['id', 'password'],
};

const IDENTIFIERS = ['email', 'phone', 'username'] as const;

const identifiers = (args: NamedArgs) => ({
  email: args.email ?? null,
  phone: args.phone ?? null,
  username: args.username ?? null,
});

const given = (args: NamedArgs, names: readonly Given[]): Record<string, unknown> =>
  Object.fromEntries(names.filter((name) => args[name] !== undefined).map((name) => [name, args[name]]));

const required = (value: unknown, what: string): unknown => {
  if (value === undefined) throw new UsageError(`${what} is missing`);
  return value;
};

const user = (args: NamedArgs) => ({ ...given(args, [...IDENTIFIERS, 'password']), ...args.fields });

const loginQuery = (args: NamedArgs) => {
  const typed = IDENTIFIERS.filter((name) => args[name] !== undefined);
  if (typed.length !== 1) throw new UsageError('login takes exactly one of email, phone and username');
  return identifiers(args);
};

const userQuery = (args: NamedArgs) => {
  if (args.id === undefined && IDENTIFIERS.every((name) => args[name] === undefined))
    throw new UsageError('getUser takes at least one of id, email, phone and username');
  return { id: args.id ?? null, ...identifiers(args) };
};

const MAKERS: Readonly<Record<ScriptAction, (args: NamedArgs) => readonly unknown[]>> = {
  login: (args) => [loginQuery(args), required(args.password, 'the password')],
  getUser: (args) => [userQuery(args)],
  searchUser: (args) => [required(args.keyword, 'the keyword')],
  createUser: (args) => [user(args)],
  updateUser: (args) => [required(args.id, 'the id'), user(args)],
  deleteUser: (args) => [required(args.id, 'the id')],
  listUsers: (args) => [args.page ?? 1, args.limit ?? 10],
  validatePassword: (args) => [required(args.id, 'the id'), required(args.password, 'the password')],
};

/** The arguments in their order, `context` at the end. Throws a UsageError that names what is missing or too much. */
export const scriptArgs = (action: ScriptAction, args: NamedArgs): readonly unknown[] => {
  const surplus = (Object.keys(args) as (keyof NamedArgs)[]).find(
    (name) => name !== 'context' && args[name] !== undefined && !TAKES[action].includes(name),
  );
  if (surplus !== undefined) throw new UsageError(`${action} takes no ${surplus}: ${TAKES[action].join(', ')}`);
  return [...MAKERS[action](args), { ...CONTEXT, ...args.context }];
};

/**
 * A number that was typed stays a number, since a script's own ids are one or the other; quotes make it a string, and so does
 * being too large to be exact, as a script has to return it then.
 */
export const readId = (text: string): string | number => {
  if (/^(0|-?[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  return /^"(.*)"$/.exec(text)?.[1] ?? text;
};

/** `--set name=value`: JSON where it is JSON, else text. */
export const readField = (text: string): readonly [name: string, value: unknown] => {
  const [, name, value = ''] = /^([A-Za-z]\w*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new UsageError(`--set ${text} is not NAME=VALUE`);
  if (name === 'password')
    throw new UsageError('a password is not given by --set: it would be in the list of processes');
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
};

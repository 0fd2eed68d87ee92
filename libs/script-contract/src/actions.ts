/** The eight script actions, by the exact name of the function that a script defines. */
export const SCRIPT_ACTIONS = [
  'login',
  'getUser',
  'searchUser',
  'createUser',
  'updateUser',
  'deleteUser',
  'listUsers',
  'validatePassword',
] as const;

export type ScriptAction = (typeof SCRIPT_ACTIONS)[number];

export const isScriptAction = (name: string): name is ScriptAction =>
  (SCRIPT_ACTIONS as readonly string[]).includes(name);

/** How a connection treats users: move them over, or leave them where they are for ever. */
export type ConnectionMode = 'lazy_migration' | 'custom_user_store';

type ActionRow = {
  /** The function's parameters in their order; `context` is always the last. */
  readonly parameters: readonly string[];
  readonly modes: Readonly<Record<ConnectionMode, 'required' | 'optional' | 'unused'>>;
  /** Reads may be repeated when a run was killed; writes never. */
  readonly writes: boolean;
  /** The name that the default error uses. */
  readonly title: string;
};

const unusedInLazy = (custom: 'required' | 'optional') =>
  ({ lazy_migration: 'unused', custom_user_store: custom }) as const;
const requiredInBoth = { lazy_migration: 'required', custom_user_store: 'required' } as const;

/** What each action takes, when it is required, whether it writes. Source: GenAuth "Custom database" documentation. */
export const ACTIONS: Readonly<Record<ScriptAction, ActionRow>> = {
  login: { parameters: ['query', 'password', 'context'], modes: requiredInBoth, writes: false, title: 'Login' },
  getUser: { parameters: ['query', 'context'], modes: requiredInBoth, writes: false, title: 'Find User' },
  searchUser: {
    parameters: ['keyword', 'context'],
    modes: unusedInLazy('optional'),
    writes: false,
    title: 'Search User',
  },
  createUser: {
    parameters: ['userInfo', 'context'],
    modes: unusedInLazy('required'),
    writes: true,
    title: 'Create User',
  },
  updateUser: {
    parameters: ['id', 'updates', 'context'],
    modes: unusedInLazy('required'),
    writes: true,
    title: 'Update User',
  },
  deleteUser: { parameters: ['id', 'context'], modes: unusedInLazy('required'), writes: true, title: 'Delete Account' },
  listUsers: {
    parameters: ['page', 'limit', 'context'],
    // Without it nobody can say how many users are left to migrate.
    modes: { lazy_migration: 'optional', custom_user_store: 'required' },
    writes: false,
    title: 'List Users',
  },
  validatePassword: {
    parameters: ['id', 'password', 'context'],
    modes: unusedInLazy('required'),
    writes: false,
    title: 'Validate Password',
  },
};

/** The error, word for word, of a connection that was switched on without a script for an action. */
export const defaultErrorMessage = (action: ScriptAction): string =>
  `Please implement the ${ACTIONS[action].title} script for this database connection`;

/** The actions without which a connection of that mode cannot do its work. */
export const requiredActions = (mode: ConnectionMode): readonly ScriptAction[] =>
  SCRIPT_ACTIONS.filter((action) => ACTIONS[action].modes[mode] === 'required');

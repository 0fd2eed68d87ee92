import type { ScriptAction } from './actions.ts';

const fieldOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? (value as { readonly password?: unknown }).password : undefined;

/** Where the password stands among an action's arguments. */
const PASSWORD_OF: Readonly<Partial<Record<ScriptAction, (args: readonly unknown[]) => unknown>>> = {
  login: (args) => args[1],
  validatePassword: (args) => args[1],
  createUser: (args) => fieldOf(args[0]),
  updateUser: (args) => fieldOf(args[1]),
};

/** The passwords among the arguments of a run: what no log, error or history may hold. */
export const passwordsIn = (action: ScriptAction, args: readonly unknown[]): readonly string[] => {
  const password = PASSWORD_OF[action]?.(args);
  return typeof password === 'string' && password !== '' ? [password] : [];
};

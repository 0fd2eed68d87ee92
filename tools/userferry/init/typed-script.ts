import { ACTIONS, type ScriptAction } from '@userferry/script-contract';

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const PARAMETER_TYPES: Readonly<Record<ScriptAction, readonly string[]>> = {
  login: ['LoginQuery', 'string'],
  getUser: ['GetUserQuery'],
  searchUser: ['string'],
  createUser: ['NewUser'],
  updateUser: ['string | number', 'UserUpdates'],
  deleteUser: ['string | number'],
  listUsers: ['number', 'number'],
  validatePassword: ['string | number', 'string'],
};

const ANSWERS: Readonly<Record<ScriptAction, string>> = {
  login: 'Profile | null',
  getUser: 'Profile | null',
  searchUser: 'ProfileList | null',
  createUser: 'Profile | null',
  updateUser: 'Profile | null',
  deleteUser: 'true',
  listUsers: 'ProfileList',
  validatePassword: 'boolean',
};

const typed = (action: ScriptAction, parameters: string): string => {
  const types = [...PARAMETER_TYPES[action], 'ScriptContext'];
  const named = parameters.split(',').map((name, index) => `${name.trim()}: ${types[index]}`);
  return `async function ${action}(${named.join(', ')}): Promise<${ANSWERS[action]}> {`;
};

const FUNCTION = (action: ScriptAction) => new RegExp(`^async function ${action}\\(([^)]*)\\) \\{`, 'm');

/** A ready-made script with the type of its action, so that an editor completes and a compiler checks. */
export const typedScript = (action: ScriptAction, source: string, language: 'javascript' | 'typescript'): string => {
  const match = FUNCTION(action).exec(source);
  if (match === null) throw new Error(`the ready-made ${action} script of ${ACTIONS[action].title} has no ${action}`);
  const text =
    language === 'typescript' ? typed(action, match[1] ?? '') : `/** @type {${capital(action)}} */\n${match[0]}`;
  const whole = source.replace(match[0], () => text);
  // For a compiler an object has no more fields than it begins with, until it is said that it may.
  return language === 'typescript'
    ? whole.replace(/const (\w+) = (\{.*\});/g, 'const $1: Record<string, any> = $2;')
    : whole;
};

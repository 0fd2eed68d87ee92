import type { Completion } from '@codemirror/autocomplete';
import { ADDRESS_VARIABLES } from '@userferry/script-contract';
import { PROFILE_FIELDS } from '@userferry/user-model';
import type { Vocabulary } from './vocabulary.ts';

const property = (label: string, detail: string, info?: string): Completion => ({
  label,
  detail,
  type: 'property',
  ...(info !== undefined && { info }),
});

const TYPES: Readonly<Record<string, string>> = {
  boolean: 'boolean',
  count: 'number',
  strings: 'string[]',
  date: 'string, ISO 8601',
  gender: "'M' | 'F' | 'U'",
  url: 'string, URL',
};

const PROFILE: readonly Completion[] = [
  property('id', 'string | number', "The user's id in your database. Required."),
  ...Object.entries(PROFILE_FIELDS).map(([name, kind]) => property(name, TYPES[kind] ?? 'string')),
  property('customData', 'object', 'Whatever has no field of its own.'),
];

const IDENTIFIERS: readonly Completion[] = ['email', 'phone', 'username'].map((name) =>
  property(name, 'string | null', 'What the user typed, or null.'),
);

const CONTEXT: readonly Completion[] = [
  property('userPoolId', 'string'),
  property('userPoolName', 'string'),
  property('userPoolMetadata', 'object'),
  property('appId', 'string'),
  property('appName', 'string'),
  property('appMetadata', 'object'),
  property('application', 'string'),
  property('request', '{ ip, geo, body }'),
];

const REQUEST: readonly Completion[] = [
  property('ip', 'string'),
  property('geo', '{ province, city, adcode, rectangle }'),
  property('body', 'object', 'Never holds the password.'),
];

/** What follows a dot, by what stands before it. */
export const membersOf = (path: string, { action, envNames }: Vocabulary): readonly Completion[] | undefined => {
  if (path === 'env') return [...new Set([...ADDRESS_VARIABLES, ...envNames])].map((name) => property(name, 'string'));
  if (path === 'context') return CONTEXT;
  if (path === 'context.request') return REQUEST;
  if (path === 'query')
    return action === 'getUser' ? [property('id', 'string | number | null'), ...IDENTIFIERS] : IDENTIFIERS;
  if (path === 'userInfo' || path === 'updates')
    return [...PROFILE, property('password', 'string', 'In plain text, where one is set.')];
  return undefined;
};

export const profileWords = (): readonly Completion[] => PROFILE;

const thrown = (label: string, detail: string): Completion => ({ label, detail, type: 'class' });

/** What stands alone. */
export const globalWords = (parameters: readonly string[]): readonly Completion[] => [
  ...parameters.map((label): Completion => ({ label, type: 'variable', detail: 'argument' })),
  { label: 'env', type: 'variable', detail: 'address and variables' },
  { label: 'require', type: 'function', detail: '(module)' },
  thrown('WrongUsernameOrPasswordError', 'wrong password'),
  thrown('UserNotFoundError', 'no such user'),
  thrown('UserExistsError', 'already there'),
  thrown('ValidationError', 'not acceptable'),
];

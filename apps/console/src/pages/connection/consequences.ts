import type { ConnectionMode } from '@userferry/contracts/json-types';

type Switch = {
  readonly mode: ConnectionMode;
  /** As it is now. */
  readonly enabled: boolean;
  readonly included: boolean;
  /** Scripts that the mode requires and that are not saved. */
  readonly missing: readonly string[];
};

/** What enabling or disabling a connection will do, in sentences. */
export const consequences = ({ mode, enabled, included, missing }: Switch): readonly string[] => {
  const lazy = mode === 'CONNECTION_MODE_LAZY_MIGRATION';
  if (enabled) return lazy ? DISABLE_LAZY : DISABLE_CUSTOM;
  const plan = included ? [] : ['The plan of this user pool has no connections: until it has, no script runs.'];
  const scripts =
    missing.length === 0 ? [] : [`Not saved yet: ${missing.join(', ')}. Calls that need them fail until they are.`];
  return [...(lazy ? ENABLE_LAZY : ENABLE_CUSTOM), ...scripts, ...plan];
};

const ENABLE_LAZY = [
  'A login of a user who is not stored here runs your login script.',
  'When it says yes, the profile and a hash of the proven password are stored here; from then on your database is not asked for this user.',
  'A registration runs your getUser script first, so that nobody is registered twice.',
  'Users who are stored here already log in as before.',
];
const ENABLE_CUSTOM = [
  'Every login, registration, search and change runs your scripts.',
  'Users stay in your database; nothing about them is written here.',
];
const DISABLE_LAZY = [
  'Users who have moved over go on logging in here.',
  'Users who have not moved over yet cannot log in until the connection is enabled again.',
  'Settings, scripts and log history stay as they are.',
];
const DISABLE_CUSTOM = [
  'No user of your database can log in, register or be found until the connection is enabled again.',
  'Whoever moved over in an earlier lazy migration logs in here again, with the password of then, blocked or deleted in your database or not.',
  'Your database is not asked any more; nothing in it changes.',
  'Settings, scripts and log history stay as they are.',
];

import { objectWithoutCredentials } from './credential-fields.ts';
import type { Profile } from './profile.ts';

/**
 * A profile without what is the user's password in its `customData`, at any depth: a script that returns whole rows of a
 * database that keeps passwords as they are may call the column by any name. What has a field of its own stays, as a username
 * may be the password, too.
 */
export const withoutPassword = (profile: Profile, password: string): Profile => {
  const { customData, ...fields } = profile;
  if (customData === undefined) return profile;
  // CHAR columns are filled with blanks.
  const kept = objectWithoutCredentials(
    customData,
    (value) => typeof value === 'string' && value.trimEnd() === password,
  );
  return Object.keys(kept).length === 0 ? fields : { ...fields, customData: kept };
};

import { type ConnectionEnv, withSavedPassword } from '@userferry/script-contract';
import { invalidField } from './fields.ts';

type Values = Readonly<Record<string, string>>;

/** The saved values of those names; a name that is not saved is an error, since its value would be lost unnoticed. */
export const keptEnv = (names: readonly string[], saved: Values): Values =>
  Object.fromEntries(
    names.map((name) => {
      const value = Object.hasOwn(saved, name) ? saved[name] : undefined;
      if (value === undefined) throw invalidField('keep_env_names', 'has a name of which no value is saved');
      return [name, value];
    }),
  );

type Fields = {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly database: string;
};

/** The saved address with another user or database. Its password goes to no other server than the one it was saved for. */
export const withKeptPassword = (fields: Fields, saved: Values): ConnectionEnv => {
  if (fields.host !== (saved.DB_HOST ?? '') || fields.port !== (Number(saved.DB_PORT) || 0))
    throw invalidField('address.fields.keep_password', 'needs the saved host and port: for others, send the password');
  if (fields.password !== '')
    throw invalidField('address.fields.keep_password', 'keeps the saved password: send it without another one');
  return withSavedPassword(saved, fields);
};

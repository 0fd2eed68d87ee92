import { randomUUID } from 'node:crypto';
import { inTime } from '../legacy/connect-company.ts';
import type { CallRow } from './read-call-table.ts';

/** Whoever a row is about: named in one way before the call, and maybe in another in it. */
export type Cast = {
  readonly email: string;
  readonly username: string;
  /** Identifiers that the user had before they changed in the legacy user store. */
  readonly former: { readonly email: string; readonly username: string };
  /** Somebody else, who has what this user wants. */
  readonly other: { readonly email: string; readonly username: string };
  readonly password: string;
  readonly newPassword: string;
  /** The nickname that the call gives. */
  readonly nickname: string;
  /** Of this user in the legacy user store, in the type in which scripts return it; set while the scene is arranged. */
  externalId: string | number | undefined;
  /** The request id of the call itself, by which the log history knows its runs. */
  readonly requestId: string;
};

/** The people of a row, who share nothing with those of another. */
export const castOf = ({ token, call }: Pick<CallRow, 'token' | 'call'>): Cast => {
  const named = (name: string) => ({ email: `${name}@shop.example`, username: `user-${name}` });
  return {
    ...named(`${token}-now`),
    former: named(`${token}-formerly`),
    other: named(`${token}-other`),
    password: `legacy-Secret-${token}`,
    newPassword: `new-Secret-${token}`,
    nickname: `The ${call} of ${token}`,
    externalId: undefined,
    requestId: `${token}-${randomUUID()}`,
  };
};

export const identifiersOf = ({ email, username, former }: Cast): readonly string[] => [
  email,
  username,
  former.email,
  former.username,
];

/** The call of the row itself. */
export const callOf = ({ requestId }: Cast) => ({ ...inTime(), requestId });

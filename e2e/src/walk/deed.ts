import type { Identifier, Profile, Who } from './model/people.ts';

/** The calls of an edge. */
export type EdgeDeed =
  | { readonly call: 'Login'; readonly by: Identifier; readonly password: string }
  | { readonly call: 'Register'; readonly profile: Profile; readonly password: string }
  | { readonly call: 'GetUser'; readonly who: Who }
  | { readonly call: 'ListUsers' }
  | { readonly call: 'UpdateUser'; readonly who: Who; readonly updates: Profile; readonly password?: string }
  | { readonly call: 'DeleteUser'; readonly who: Who }
  | { readonly call: 'ChangePassword'; readonly who: Who; readonly old: string; readonly password: string }
  | { readonly call: 'ResetPassword'; readonly who: Who; readonly password: string };

/** The calls of an administrator. */
export type AdminDeed =
  /** By the legacy id where there was one, else by an identifier. */
  | { readonly call: 'LiftTombstone'; readonly of: Who }
  | { readonly call: 'EnableConnection' }
  | { readonly call: 'DisableConnection' }
  /** A version whose `login` breaks. */
  | { readonly call: 'SaveScript' }
  | { readonly call: 'RollbackScript' };

/** What others do in the legacy database, and what becomes of it. */
export type LegacyDeed =
  | { readonly call: 'legacy: add'; readonly profile: Profile; readonly password: string }
  | { readonly call: 'legacy: set password'; readonly id: string; readonly password: string }
  | { readonly call: 'legacy: set e-mail'; readonly id: string; readonly email: string }
  | { readonly call: 'legacy: block'; readonly id: string; readonly blocked: boolean }
  | { readonly call: 'legacy: remove'; readonly id: string }
  | { readonly call: 'legacy: goes away' }
  | { readonly call: 'legacy: comes back' };

/** One step of a walk. */
export type Deed = EdgeDeed | AdminDeed | LegacyDeed;

export type DeedOf<Call extends Deed['call']> = Extract<Deed, { call: Call }>;

/** A deed in one line. */
export const told = ({ call, ...rest }: Deed): string =>
  Object.keys(rest).length === 0 ? call : `${call} ${JSON.stringify(rest)}`;

/** The passwords that somebody typed or was given in a deed. */
export const passwordsOf = (deed: Deed): readonly string[] => [
  ...('password' in deed && deed.password !== undefined ? [deed.password] : []),
  ...('old' in deed ? [deed.old] : []),
];

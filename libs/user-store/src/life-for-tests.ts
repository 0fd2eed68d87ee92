import { ServiceError } from '@userferry/errors';
import type { TestDatabase } from '@userferry/testing';
import { type ExternalId, externalIdKey, type Identifier, type Profile } from '@userferry/user-model';
import type { UserStore } from './open-user-store.ts';
import type { ConflictResolution } from './repositories/proven-users/conflicts.ts';
import { ADMIN, credentialOf } from './store-for-tests.ts';

/** What somebody does. Numbers name people and identifiers out of a small world, so that they meet. */
export type Deed =
  | { readonly do: 'migrate'; readonly who: number; readonly typed: number }
  | { readonly do: 'register' | 'delete' | 'rename'; readonly who: number; readonly to: number }
  | { readonly do: 'delete_legacy' | 'lift'; readonly who: number }
  | { readonly do: 'set_password'; readonly who: number; readonly checked: boolean }
  | { readonly do: 'resolve'; readonly who: number; readonly how: ConflictResolution };

const email = (at: number): string => `e${at}@example.com`;

/** What people type: two kinds, four of each. */
const IDENTIFIERS: readonly Identifier[] = [0, 1, 2, 3].flatMap((at): Identifier[] => [
  { kind: 'email', value: email(at) },
  { kind: 'username', value: `u${at}` },
]);

type LegacyUser = { readonly externalId: ExternalId; readonly profile: Profile; readonly password: string };

/** Ids that differ in nothing but their type, two people with one e-mail, and one without a username. */
export const LEGACY_USERS: readonly LegacyUser[] = [
  { externalId: 1, profile: { email: email(0), username: 'u0' } },
  { externalId: '1', profile: { email: email(1), username: 'u1' } },
  { externalId: 2, profile: { email: email(0), username: 'u2' } },
  { externalId: 3, profile: { email: email(3) } },
].map((user, at) => ({ ...user, password: `legacy ${at}`, profile: { ...user.profile, nickname: `legacy ${at}` } }));

/** What one deed came to. `crashed`: the connection broke on the way, once or more often, before it was answered. */
export type Result = {
  readonly came?: { readonly userId: string; readonly password: string; readonly external?: string };
  readonly went?: string;
  /** The legacy id whose user went, if there was one here. */
  readonly wentByExternal?: string;
  readonly password?: { readonly userId: string; readonly value: string; readonly certain: boolean };
  readonly tied?: string;
  readonly crashed?: { readonly nickname: string; readonly password: string };
};

export type Place = {
  readonly userPoolId: string;
  readonly connectionId: string;
  readonly database: TestDatabase;
};

/** A legacy id as one text. */
export const externalText = (id: ExternalId): string => Object.values(externalIdKey(id)).join(' ');

const isReason = (error: unknown, ...reasons: string[]): boolean =>
  error instanceof ServiceError && reasons.includes(error.reason);

/** Does it, and again for as long as the database is away: what a caller does who got no answer. */
export const untilAnswered = async <T>(run: () => Promise<T>): Promise<{ answer: T; crashed: boolean }> => {
  for (let crashed = false; ; crashed = true)
    try {
      return { answer: await run(), crashed };
    } catch (error) {
      if (!isReason(error, 'STORE_UNAVAILABLE')) throw error;
    }
};

const orNothing = <T>(run: Promise<T>, ...reasons: string[]): Promise<T | undefined> =>
  run.catch((error: unknown) => {
    if (isReason(error, ...reasons)) return undefined;
    throw error;
  });

const at = <T>(list: readonly T[], place: number): T => list[place % list.length] as T;
const FIRST_PAGE = { size: 200, token: '' };

let serial = 0;

const whoHas = async (store: UserStore, { userPoolId }: Place, who: number) => {
  const { answer } = await untilAnswered(() => store.users.find(userPoolId, at(IDENTIFIERS, who)));
  return answer.verdict === 'ok' ? answer : undefined;
};

const migrate = async (
  store: UserStore,
  { userPoolId, connectionId }: Place,
  who: number,
  typed: number,
): Promise<Result> => {
  const { externalId, profile, password } = at(LEGACY_USERS, who);
  const names: Identifier[] = [
    { kind: 'email', value: profile.email ?? '' },
    { kind: 'username', value: profile.username ?? 'u3' },
    { kind: 'username', value: `alias of ${who}` },
  ];
  const proven = { userPoolId, connectionId, externalId, profile, typed: at(names, typed) };
  const { answer, crashed } = await untilAnswered(() =>
    store.users.migrate({ ...proven, credential: credentialOf(password) }),
  );
  const traces = crashed ? { crashed: { nickname: profile.nickname ?? '', password } } : {};
  return answer.verdict === 'migrated'
    ? { ...traces, came: { userId: answer.user.userId, password, external: externalText(externalId) } }
    : traces;
};

const register = async (store: UserStore, { userPoolId }: Place, who: number, to: number): Promise<Result> => {
  const [nickname, password] = [`local ${serial++}`, `local ${serial++}`];
  const identifiers = [at(IDENTIFIERS, who), at(IDENTIFIERS, to)].map(({ kind, value }) => [kind, value]);
  const profile = { ...Object.fromEntries(identifiers), nickname };
  const { answer, crashed } = await untilAnswered(() =>
    store.users.create({ userPoolId, profile, credential: credentialOf(password) }, ADMIN),
  );
  const traces = crashed ? { crashed: { nickname, password } } : {};
  return answer.verdict === 'ok' ? { ...traces, came: { userId: answer.user.userId, password } } : traces;
};

const remove = async (store: UserStore, place: Place, who: number): Promise<Result> => {
  const found = await whoHas(store, place, who);
  if (found === undefined) return {};
  const { userId } = found.user;
  const wanted = { userPoolId: place.userPoolId, userId };
  const { answer, crashed } = await untilAnswered(() => store.users.delete(wanted, ADMIN));
  // Somebody else may have lifted the tombstone in between.
  return answer.verdict === 'not_found' && !crashed ? {} : { went: userId };
};

const removeLegacy = async (store: UserStore, { userPoolId, connectionId }: Place, who: number): Promise<Result> => {
  const { externalId, profile } = at(LEGACY_USERS, who);
  await untilAnswered(() => store.users.deleteLegacy({ userPoolId, connectionId, externalId, profile }, ADMIN));
  return { wentByExternal: externalText(externalId) };
};

const rename = async (store: UserStore, place: Place, who: number, to: number): Promise<Result> => {
  const found = await whoHas(store, place, who);
  if (found === undefined) return {};
  const { kind, value } = at(IDENTIFIERS, to);
  const change = { userPoolId: place.userPoolId, userId: found.user.userId, set: { [kind]: value }, clear: [] };
  await untilAnswered(() => store.users.update(change, ADMIN));
  return {};
};

const setPassword = async (store: UserStore, place: Place, who: number, checked: boolean): Promise<Result> => {
  const found = await whoHas(store, place, who);
  if (found === undefined) return {};
  const [{ userId }, value] = [found.user, `chosen ${serial++}`];
  const replaces = checked ? found.credential?.hash : undefined;
  const change = { userPoolId: place.userPoolId, userId, credential: credentialOf(value), replaces };
  const { answer, crashed } = await untilAnswered(() =>
    orNothing(
      store.users.setPassword(change, { ...ADMIN, action: 'IdentityService/ChangePassword' }),
      'CONCURRENT_CHANGE',
    ),
  );
  if (answer?.verdict === 'ok') return { password: { userId, value, certain: true } };
  return crashed ? { password: { userId, value, certain: false } } : {};
};

const lift = async (store: UserStore, { userPoolId }: Place, who: number): Promise<Result> => {
  const { answer } = await untilAnswered(() => store.tombstones.list(userPoolId, FIRST_PAGE));
  if (answer.items.length === 0) return {};
  const { tombstoneId } = at(answer.items, who);
  await untilAnswered(() =>
    orNothing(store.tombstones.lift({ userPoolId, tombstoneId }, ADMIN), 'TOMBSTONE_NOT_FOUND'),
  );
  return {};
};

const resolve = async (
  store: UserStore,
  { userPoolId }: Place,
  who: number,
  resolution: ConflictResolution,
): Promise<Result> => {
  const { answer } = await untilAnswered(() => store.conflicts.list(userPoolId, FIRST_PAGE));
  if (answer.items.length === 0) return {};
  const { conflictId, externalId } = at(answer.items, who);
  await untilAnswered(() =>
    orNothing(
      store.conflicts.resolve({ userPoolId, conflictId, resolution }, ADMIN),
      'CONFLICT_NOT_FOUND',
      'INVALID_ARGUMENT',
    ),
  );
  return resolution === 'same_person' ? { tied: externalText(externalId) } : {};
};

/** Does one deed on one replica of the store. */
export const doDeed = (store: UserStore, place: Place, deed: Deed): Promise<Result> => {
  switch (deed.do) {
    case 'migrate':
      return migrate(store, place, deed.who, deed.typed);
    case 'register':
      return register(store, place, deed.who, deed.to);
    case 'delete':
      return remove(store, place, deed.who);
    case 'rename':
      return orNothing(rename(store, place, deed.who, deed.to), 'INVALID_ARGUMENT').then((result) => result ?? {});
    case 'delete_legacy':
      return removeLegacy(store, place, deed.who);
    case 'set_password':
      return setPassword(store, place, deed.who, deed.checked);
    case 'lift':
      return lift(store, place, deed.who);
    case 'resolve':
      return resolve(store, place, deed.who, deed.how);
  }
};

import { byEmail, byOurId, type Caller, type Outcome, reasonOf } from '../legacy/caller.ts';
import { type Cast, castOf } from './cast.ts';
import type { CallRow } from './read-call-table.ts';
import type { Stage } from './stage.ts';

/** What an arrangement relies on must have happened. */
const done = (outcome: Outcome, what: string): { readonly userId: string } => {
  const reason = reasonOf(outcome);
  if (reason !== undefined) throw new Error(`arranging: ${what}: ${reason}`);
  const value = outcome?.value as { user?: { userId: string }; userId?: string };
  return { userId: value.user?.userId ?? value.userId ?? '' };
};

/** More wrong passwords than any limit bears. */
const WRONG_MAX = 12;

const exhaust = async (attempt: () => Promise<Outcome>): Promise<void> => {
  for (let n = 0; n < WRONG_MAX; n += 1) if (reasonOf(await attempt()) === 'TOO_MANY_ATTEMPTS') return;
  throw new Error('arranging: the limit on wrong passwords is never reached');
};

const first = ({ scripts }: CallRow) => scripts[0]?.join(' ');

/** What our store says of somebody who is, or was, stored in it. */
const HERE = ['ok', 'verified', 'wrong_password', 'locked', 'tombstoned'];

/** Nobody there knows the user: the look-up has to say so by itself. */
const isNewThere = (row: CallRow): boolean => {
  if (row.mode === 'local' || HERE.includes(row.here)) return row.mode === 'local';
  return first(row) === 'getUser null' || (row.call === 'Register' && first(row) !== 'getUser profile');
};

const refusedMigration = ({ writes }: CallRow) => writes.find(({ call }) => call === 'MigrateUser')?.refused;

/** Here under identifiers that have changed in the legacy user store since. */
const hasMoved = (row: CallRow): boolean =>
  row.hereById !== undefined ||
  ['already_migrated', 'tombstoned', 'wrong_password', 'locked'].includes(String(refusedMigration(row)));

const arrangeMoved = async (row: CallRow, cast: Cast, { shop, caller }: Scene): Promise<void> => {
  const { password, newPassword, former } = cast;
  const id = await shop.add({ ...former, password });
  const { userId } = done(await caller.login(byEmail(former.email), password), 'a first login');
  if (row.hereById === 'tombstoned' || refusedMigration(row) === 'tombstoned')
    done(await caller.delete(byOurId(userId)), 'a deletion');
  if (row.call === 'Login' && refusedMigration(row) === 'wrong_password')
    done(await caller.reset(byOurId(userId), newPassword), 'another password');
  if (refusedMigration(row) === 'locked') done(await caller.update(byOurId(userId), { blocked: true }), 'a lock');
  await shop.rename(id, cast);
};

const arrangeConflict = async (cast: Cast, { shop, caller }: Scene): Promise<void> => {
  const { password, username, email, other } = cast;
  done(await caller.register({ email: other.email, username }, password), 'a local user with the username');
  await shop.add({ email, username, password });
};

/** Stored here: migrated by a first login where there is a legacy user store, else registered. */
const settleHere = async (row: CallRow, cast: Cast, { caller }: Scene): Promise<void> => {
  const { email, username, password } = cast;
  const { userId } =
    row.mode === 'local'
      ? done(await caller.register({ email, username }, password), 'a registration')
      : done(await caller.login(byEmail(email), password), 'a first login');
  const verdict = row.writes.find(({ refused }) => refused !== undefined)?.refused;
  if (row.here === 'tombstoned') done(await caller.delete(byOurId(userId)), 'a deletion');
  if (row.here === 'locked' || verdict === 'locked')
    done(await caller.update(byOurId(userId), { blocked: true }), 'a lock');
  if (verdict === 'exists') done(await caller.register(cast.other, password), 'somebody else');
};

type Scene = Pick<Stage, 'shop'> & { readonly caller: Caller };

/** The last thing before the call: a limit that is reached is forgotten again. */
export const reachLimits = async ({ here, writes }: CallRow, cast: Cast, caller: Caller): Promise<void> => {
  const user = byEmail(cast.email);
  if (here === 'too_many_attempts') await exhaust(() => caller.login(user, 'not it'));
  if (writes.some(({ refused }) => refused === 'too_many_attempts'))
    await exhaust(() => caller.change(user, { old: 'not it', new: cast.newPassword }));
};

/** Brings our store and the legacy user store into the state that the row begins with. */
export const arrange = async (row: CallRow, stage: Stage): Promise<Cast> => {
  const cast = castOf(row);
  const { shop } = stage;
  const scene = { shop, caller: stage.placeOf(row).caller };
  if (refusedMigration(row) === 'conflict') await arrangeConflict(cast, scene);
  else if (hasMoved(row)) await arrangeMoved(row, cast, scene);
  else if (!isNewThere(row)) await shop.add({ ...cast, nickname: 'As it was' });
  if (HERE.includes(row.here) && !hasMoved(row)) await settleHere(row, cast, scene);
  cast.externalId = await shop.idOf(cast.email);
  return cast;
};

import type { Deed, DeedOf } from '../deed.ts';
import { Refusal } from '../model/answer.ts';
import { resolve, resolveOwner } from '../model/look-up.ts';
import { copyOf, isCustom, type Model } from '../model/model.ts';
import type { Row, Who } from '../model/people.ts';
import { type Coming, predict } from '../model/predict.ts';
import { rowOf } from '../model/scripts.ts';

/** A part of a deed in which nobody comes between: how the deed ends, or how it may go on; not at all where it cannot. */
export type Step = (model: Model) => Coming | readonly Step[];

/** A change of one user, whoever names them. */
type Change = DeedOf<'UpdateUser' | 'DeleteUser' | 'ChangePassword' | 'ResetPassword'>;
type Update = DeedOf<'UpdateUser'> & { readonly password: string };

const CHANGES: readonly Deed['call'][] = ['UpdateUser', 'DeleteUser', 'ChangePassword', 'ResetPassword'];
const isChange = (deed: Deed): deed is Change => CHANGES.includes(deed.call);
const setsPassword = (deed: Deed): deed is Update => deed.call === 'UpdateUser' && deed.password !== undefined;

const whole =
  (deed: Deed): Step =>
  (model) =>
    predict(model, deed);

/**
 * The ways of a deed beside others. It is one step, but where docs/calls.md has more than one in its row:
 * - "our store says" (or `getUser` does) comes before "written here" (or the script that writes). Who is meant by a name is
 *   found out first, and what is done then is done to that user, whatever they have come to be called.
 * - "MigrateUser, UpdateUser" is two transactions, as docs/users.md says of the audit.
 * - `validatePassword`, `updateUser` are two runs: no script can be told to write only if the password is still that one.
 */
export const waysOf = (deed: Deed): readonly Step[] => [
  whole(deed),
  ...(isChange(deed) ? [namedFirst(deed)] : []),
  ...(setsPassword(deed) ? [storedFirst(deed)] : []),
  ...(deed.call === 'ChangePassword' ? [provenFirst(deed)] : []),
];

const legacyId = ({ id }: Row): Who => ({ kind: 'legacy id', value: id });

const meantBy = (model: Model, deed: Change): Who | undefined => {
  if (isCustom(model)) {
    const row = rowOf(model, deed.who);
    return row && legacyId(row);
  }
  try {
    const isOwners = deed.call === 'ResetPassword' || setsPassword(deed);
    const resolved = (isOwners ? resolveOwner : resolve)(model, deed.who);
    return 'person' in resolved ? { kind: 'our id', value: resolved.person.id } : legacyId(resolved.row);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
};

const namedFirst =
  (deed: Change): Step =>
  (model) => {
    const who = meantBy(model, deed);
    if (who === undefined || who.kind === deed.who.kind) return [];
    const named = { ...deed, who };
    const mayMigrate = who.kind === 'legacy id' && setsPassword(named);
    return [
      whole(named),
      ...(mayMigrate ? [storedFirst(named)] : []),
      ...(isProven(named) ? [provenFirst(named)] : []),
    ];
  };

const isProven = (deed: Change): deed is DeedOf<'ChangePassword'> => deed.call === 'ChangePassword';

/** Whose password nobody has proven is stored with the new one, and changed then. */
const storedFirst =
  (deed: Update): Step =>
  (model) => {
    const { who, updates, password } = deed;
    const isNamed = who.kind === 'legacy id';
    const before = model.here.length;
    if (predict(copyOf(model), deed).answer !== 'updated ours') return [];
    const { users } = predict(model, { call: 'UpdateUser', who, updates: {}, password });
    if (model.here.length === before && !isNamed) return [];
    const value = users[0]?.split('/')[0] ?? '';
    return [whole({ call: 'UpdateUser', who: { kind: 'our id', value }, updates })];
  };

/** In a custom user store. */
const provenFirst =
  (deed: DeedOf<'ChangePassword'>): Step =>
  (model) => {
    const row = isCustom(model) ? rowOf(model, deed.who) : undefined;
    if (row === undefined || predict(copyOf(model), deed).answer !== 'changed legacy') return [];
    const { password } = deed;
    return [asChange(whole({ call: 'UpdateUser', who: legacyId(row), updates: {}, password }))];
  };

const asChange =
  (step: Step): Step =>
  (model) => {
    const coming = step(model);
    if (!('answer' in coming)) return coming;
    return { ...coming, answer: coming.answer.replace('updated', 'changed') };
  };

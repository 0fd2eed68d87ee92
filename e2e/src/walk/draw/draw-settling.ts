import type { Deed } from '../deed.ts';
import { isCustom, type Model } from '../model/model.ts';
import { identifiersOf, type Person, type Row } from '../model/people.ts';

const loginOf = ({ profile, password }: Person | Row): readonly Deed[] => {
  const [by] = identifiersOf(profile);
  return by === undefined ? [] : [{ call: 'Login', by, password }];
};

const peopleOf = (model: Model): readonly (Person | Row)[] => (isCustom(model) ? model.there : model.here);

/** A login that tells models apart that differ in somebody's password, which cannot be looked at: two who set it were at once. */
export const drawSettling = ([model, ...others]: readonly Model[]): Deed | undefined => {
  if (model === undefined || (isCustom(model) && (model.isLoginBroken || !model.isReachable))) return undefined;
  const isUnsure = ({ id, password }: Person | Row): boolean =>
    others.some((other) => peopleOf(other).some((one) => one.id === id && one.password !== password));
  return peopleOf(model).filter(isUnsure).flatMap(loginOf)[0];
};

import type { Deed } from '../deed.ts';
import { type Answer, done, Refusal } from './answer.ts';
import * as custom from './custom.ts';
import { deleteUser, liftTombstone } from './deletion.ts';
import { changeThere } from './legacy-database.ts';
import { login } from './login.ts';
import { isCustom, type Model } from './model.ts';
import { changePassword, resetPassword } from './passwords.ts';
import { getUser, listUsers, register, updateUser } from './profiles.ts';

/** What a deed comes to: the answer, and which scripts ran. */
export type Coming = Answer & { readonly ran: readonly string[] };

const here = { login, register, getUser, listUsers, updateUser, deleteUser, changePassword, resetPassword };

const answerTo = (model: Model, deed: Deed): Answer => {
  const calls = isCustom(model) ? custom : here;
  switch (deed.call) {
    case 'Login':
      return calls.login(model, deed);
    case 'Register':
      return calls.register(model, deed);
    case 'GetUser':
      return calls.getUser(model, deed);
    case 'ListUsers':
      return calls.listUsers(model);
    case 'UpdateUser':
      return calls.updateUser(model, deed);
    case 'DeleteUser':
      return calls.deleteUser(model, deed);
    case 'ChangePassword':
      return calls.changePassword(model, deed);
    case 'ResetPassword':
      return calls.resetPassword(model, deed);
    case 'LiftTombstone':
      return liftTombstone(model, deed);
    case 'EnableConnection':
    case 'DisableConnection':
      model.isOn = deed.call === 'EnableConnection';
      return done('done');
    case 'SaveScript':
    case 'RollbackScript':
      model.isLoginBroken = deed.call === 'SaveScript';
      return done('done');
    default:
      changeThere(model, deed);
      return done('done');
  }
};

const ended = (model: Model, deed: Deed): Answer => {
  try {
    return answerTo(model, deed);
  } catch (error) {
    if (error instanceof Refusal) return done(error.message);
    throw error;
  }
};

/** Does the deed in the model, and says what has to come of it. */
export const predict = (model: Model, deed: Deed): Coming => {
  model.ran = [];
  const answer = ended(model, deed);
  return { ...answer, ran: model.ran };
};

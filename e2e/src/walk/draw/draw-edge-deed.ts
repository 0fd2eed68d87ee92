import type { EdgeDeed } from '../deed.ts';
import type { Profile } from '../model/people.ts';
import { type Draft, drawIdentifier, drawLaterName, drawWho, newProfile } from './draw-names.ts';
import { drawTyped, newPassword } from './draw-password.ts';

type Draw = (draft: Draft) => EdgeDeed;

export const drawLogin: Draw = (draft) => {
  const later = draft.about === undefined && draft.random.chance(0.1) ? drawLaterName(draft) : undefined;
  const by = later ?? drawIdentifier(draft);
  return { call: 'Login', by, password: drawTyped(draft, by) };
};

/** One identifier that somebody has or had. */
const takenOne = (draft: Draft): Profile => {
  const { kind, value } = drawIdentifier(draft);
  return { [kind]: value };
};

export const drawRegister: Draw = (draft) => ({
  call: 'Register',
  profile: { ...newProfile(draft), ...(draft.random.chance(0.4) && takenOne(draft)) },
  password: newPassword(draft),
});

const newOne = (draft: Draft): Profile => {
  const { email, phone, username } = newProfile(draft);
  return draft.random.pick([{ email }, { username }, phone === undefined ? { username } : { phone }]) as Profile;
};

const drawUpdates = (draft: Draft): Profile => {
  const { random, n } = draft;
  const roll = random.below(100);
  if (roll < 35) return { nickname: `Renamed ${n}` };
  if (roll < 45) return { blocked: true };
  if (roll < 55) return { blocked: false };
  return roll < 85 ? newOne(draft) : takenOne(draft);
};

const drawUpdate: Draw = (draft) => ({
  call: 'UpdateUser',
  who: drawWho(draft),
  updates: drawUpdates(draft),
  ...(draft.random.chance(0.3) && { password: newPassword(draft) }),
});

const drawChange: Draw = (draft) => {
  const who = drawWho(draft);
  return { call: 'ChangePassword', who, old: drawTyped(draft, who), password: newPassword(draft) };
};

const drawDelete: Draw = (draft) => ({ call: 'DeleteUser', who: drawWho(draft) });

const drawReset: Draw = (draft) => ({ call: 'ResetPassword', who: drawWho(draft), password: newPassword(draft) });

type Draws = readonly (readonly [weight: number, draw: Draw])[];

/** The same of those that change somebody, and of what proves them: what one of these does matters to another at once. */
export const RACING_DEEDS: Draws = [
  [30, drawLogin],
  [20, drawChange],
  [20, drawDelete],
  [20, drawUpdate],
  [10, drawReset],
];

/** How each call of an edge is drawn, and of a hundred deeds how many it is about. */
export const EDGE_DEEDS: Draws = [
  [38, drawLogin],
  [6, drawRegister],
  [7, (draft) => ({ call: 'GetUser', who: drawWho(draft) })],
  [2, () => ({ call: 'ListUsers' })],
  [10, drawUpdate],
  [4, drawDelete],
  [8, drawChange],
  [5, drawReset],
];

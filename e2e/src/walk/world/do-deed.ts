import { ServiceError } from '@userferry/errors';
import type { Outcome } from '../../legacy/caller.ts';
import { inTime } from '../../legacy/connect-company.ts';
import type { AdminDeed, Deed, EdgeDeed, LegacyDeed } from '../deed.ts';
import { type Answer, done } from '../model/answer.ts';
import { doAdminDeed } from './do-admin-deed.ts';
import { doEdgeDeed } from './do-edge-deed.ts';
import { doLegacyDeed } from './do-legacy-deed.ts';
import type { Place } from './open-place.ts';
import { shownAnswer } from './shown-answer.ts';

/** What came of a deed; which scripts ran is found by the request's id. */
export type Came = Answer & {
  readonly requestId: string;
  /** The answer as it was sent. */
  readonly sent: unknown;
};

const isOfLegacy = (deed: Deed): deed is LegacyDeed => deed.call.startsWith('legacy: ');
const ADMIN_CALLS = ['LiftTombstone', 'EnableConnection', 'DisableConnection', 'SaveScript', 'RollbackScript'];
const isOfAdmin = (deed: EdgeDeed | AdminDeed): deed is AdminDeed => ADMIN_CALLS.includes(deed.call);

type Ended = Answer & { readonly sent: unknown };

const ended = async (place: Place, deed: Deed, call: ReturnType<typeof inTime>): Promise<Ended> => {
  if (isOfLegacy(deed)) return { ...done('done'), sent: await doLegacyDeed(place, deed) };
  if (isOfAdmin(deed)) return { ...done('done'), sent: await doAdminDeed(place, deed) };
  const outcome: Outcome = await doEdgeDeed(place, deed, { call, ip: '203.0.113.9' });
  return { ...shownAnswer(outcome), sent: outcome };
};

const failed = (error: unknown): Ended => {
  const reason = error instanceof ServiceError ? error.reason : String(error);
  return { ...done(`error ${reason}`), sent: String(error) };
};

/** Does a deed. An error is an answer as well, if seldom a good one. */
export const doDeed = async (place: Place, deed: Deed): Promise<Came> => {
  const call = inTime();
  const end = await ended(place, deed, call).catch(failed);
  return { ...end, requestId: call.requestId };
};

import { ScriptAction } from '@userferry/contracts/runner/v1/script_runner_service';
import { inTime } from '../../legacy/connect-company.ts';
import type { AdminDeed } from '../deed.ts';
import type { Place } from './open-place.ts';
import { BROKEN_LOGIN } from './scripts.ts';

/** Of the tombstones that stand, the oldest is the first. */
const tombstoneAt = async ({ company: { connections, userPoolId } }: Place, place: number): Promise<string> => {
  const page = { userPoolId, pageSize: 200, pageToken: '' };
  const { tombstones } = await connections.listTombstones(page, inTime());
  return tombstones.toReversed()[place]?.tombstoneId ?? '';
};

/** Makes a call as an administrator does. */
export const doAdminDeed = async (place: Place, deed: AdminDeed): Promise<unknown> => {
  const { connections, userPoolId } = place.company;
  switch (deed.call) {
    case 'LiftTombstone': {
      const tombstoneId = await tombstoneAt(place, deed.place);
      return connections.liftTombstone({ userPoolId, tombstoneId }, inTime());
    }
    case 'EnableConnection':
      return connections.enableConnection({ userPoolId }, inTime());
    case 'DisableConnection':
      return connections.disableConnection({ userPoolId }, inTime());
    case 'SaveScript': {
      const script = { action: ScriptAction.LOGIN, source: BROKEN_LOGIN, language: 0 as const };
      return connections.saveScript({ userPoolId, ...script }, inTime());
    }
    case 'RollbackScript':
      return connections.rollbackScript({ userPoolId, version: place.wellVersion }, inTime());
  }
};

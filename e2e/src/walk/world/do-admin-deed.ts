import type { Tombstone } from '@userferry/contracts/management/v1/connection_service';
import { ScriptAction } from '@userferry/contracts/runner/v1/script_runner_service';
import { inTime } from '../../legacy/connect-company.ts';
import type { AdminDeed } from '../deed.ts';
import type { Who } from '../model/people.ts';
import type { Place } from './open-place.ts';
import { BROKEN_LOGIN } from './scripts.ts';

const isOf = ({ externalRef, identifiers }: Tombstone, { kind, value }: Who): boolean => {
  const legacyId = externalRef?.ref?.value;
  return kind === 'legacy id' ? String(legacyId) === value : legacyId === undefined && identifiers.includes(value);
};

const tombstoneOf = async ({ company: { connections, userPoolId } }: Place, who: Who): Promise<string> => {
  const page = { userPoolId, pageSize: 200, pageToken: '' };
  const { tombstones } = await connections.listTombstones(page, inTime());
  return tombstones.find((each) => isOf(each, who))?.tombstoneId ?? '';
};

/** Makes a call as an administrator does. */
export const doAdminDeed = async (place: Place, deed: AdminDeed): Promise<unknown> => {
  const { connections, userPoolId } = place.company;
  switch (deed.call) {
    case 'LiftTombstone': {
      const tombstoneId = await tombstoneOf(place, deed.of);
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

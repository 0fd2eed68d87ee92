import type { ScriptAction } from '@userferry/script-contract';
import type { RequestOf } from '../../api/call.ts';
import { wireAction } from '../../api/script-actions.ts';

/** Asks for the current source of a script. */
export const scriptRequest = (
  userPoolId: string,
  action: ScriptAction,
): RequestOf<'ConnectionService', 'GetScript'> => ({
  userPoolId,
  action: wireAction(action),
  version: '0',
});

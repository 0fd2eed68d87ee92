import type { ScriptAction as WireAction } from '@userferry/contracts/json-types';
import { SCRIPT_ACTIONS, type ScriptAction } from '@userferry/script-contract';

/** `getUser` → `SCRIPT_ACTION_GET_USER`. */
export const wireAction = (action: ScriptAction): WireAction =>
  `SCRIPT_ACTION_${action.replace(/[A-Z]/g, '_$&').toUpperCase()}` as WireAction;

export const actionOf = (wire: string): ScriptAction | undefined =>
  SCRIPT_ACTIONS.find((action) => wireAction(action) === wire);

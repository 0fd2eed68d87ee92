import { SCRIPT_ACTIONS } from '@userferry/script-contract';
import { expect, it } from 'vitest';
import { actionOf, wireAction } from './script-actions.ts';

it('names each action as the wire does, and back', () => {
  expect(wireAction('validatePassword')).toBe('SCRIPT_ACTION_VALIDATE_PASSWORD');
  expect(SCRIPT_ACTIONS.map((action) => actionOf(wireAction(action)))).toEqual([...SCRIPT_ACTIONS]);
  expect(actionOf('SCRIPT_ACTION_UNSPECIFIED')).toBeUndefined();
});

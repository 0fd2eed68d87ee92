/** Whether the addresses of a name are tried one after the other; how the supervisor tries those that it finds is its own. */
import { invalidArgType } from '../node-errors.ts';
import { runSetting } from '../run-setting.ts';
import { validateAttemptTimeout } from './socket-options.ts';

const SHORTEST_ATTEMPT_MS = 10;

export const autoSelect = { isOn: runSetting(true), attemptTimeoutMs: runSetting(250) };

export function setDefaultAutoSelectFamily(value: unknown): void {
  if (typeof value !== 'boolean') throw invalidArgType('value', 'of type boolean', value);
  autoSelect.isOn.set(value);
}
export function setDefaultAutoSelectFamilyAttemptTimeout(value: unknown): void {
  validateAttemptTimeout(value, 'value');
  autoSelect.attemptTimeoutMs.set(Math.max(value as number, SHORTEST_ATTEMPT_MS));
}

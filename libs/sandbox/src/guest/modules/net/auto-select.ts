/** Whether the addresses of a name are tried one after the other; how the supervisor tries those that it finds is its own. */
import { invalidArgType } from '../node-errors.ts';
import { validateAttemptTimeout } from './socket-options.ts';

const SHORTEST_ATTEMPT_MS = 10;

export const autoSelect = { isOn: true, attemptTimeoutMs: 250 };

export function setDefaultAutoSelectFamily(value: unknown): void {
  if (typeof value !== 'boolean') throw invalidArgType('value', 'of type boolean', value);
  autoSelect.isOn = value;
}
export function setDefaultAutoSelectFamilyAttemptTimeout(value: unknown): void {
  validateAttemptTimeout(value, 'value');
  autoSelect.attemptTimeoutMs = Math.max(value as number, SHORTEST_ATTEMPT_MS);
}

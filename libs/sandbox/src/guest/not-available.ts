import { send } from './bridge.ts';

/**
 * The error for a way to the outside that no script has: `EACCES`. The host is told, so that a script that catches the
 * error and answers "wrong password" is not believed.
 */
export function notAvailable(message: string): Error {
  send(['refused', message]);
  return Object.assign(new Error(message), { code: 'EACCES' });
}

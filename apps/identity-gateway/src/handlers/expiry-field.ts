import { timeField } from '@userferry/grpc';
import { invalidField } from './fields.ts';

const DAY_MS = 86_400_000;

/**
 * When a key ends: as asked for, else as late as it may, else never.
 * @throws ServiceError INVALID_ARGUMENT for a time that has passed, or is later than it may
 */
export const expiryField = (given: Date | undefined, keyMsMax: number | undefined): Date | undefined => {
  const now = Date.now();
  const asked = timeField('expires_at', given);
  if (asked === undefined) return keyMsMax === undefined ? undefined : new Date(now + keyMsMax);
  if (asked.getTime() <= now) throw invalidField('expires_at', 'must lie ahead');
  // A minute for clocks that do not quite agree.
  if (keyMsMax !== undefined && asked.getTime() > now + keyMsMax + 60_000)
    throw invalidField('expires_at', `must be in ${keyMsMax / DAY_MS} days at the latest`);
  return asked;
};

import { ServiceError } from '@userferry/errors';

const FIRST_TIME_MS = Date.parse('0001-01-01T00:00:00Z');

/** The last moment that a Timestamp of protobuf says, to the millisecond. */
export const LAST_TIME_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * A time of a message, or none: a Timestamp of protobuf says those of the years 1 to 9999.
 * @throws ServiceError INVALID_ARGUMENT naming the field
 */
export const timeField = (field: string, time: Date | undefined): Date | undefined => {
  if (time === undefined) return undefined;
  // Read from the wire, the last nanosecond of the year 9999 is rounded to the first moment after it.
  const ms = Math.min(time.getTime(), LAST_TIME_MS);
  // Written so that a date that is none is refused, too.
  if (!(ms >= FIRST_TIME_MS && time.getTime() <= LAST_TIME_MS + 1))
    throw new ServiceError('INVALID_ARGUMENT', `${field} must be a time of the years 1 to 9999`, {
      metadata: { field },
    });
  return new Date(ms);
};

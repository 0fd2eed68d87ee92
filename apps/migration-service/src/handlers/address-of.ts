import { type Logger, subscriberOf } from '@userferry/process';
import { invalidField } from './fields.ts';

const LENGTH_MAX = 256;

let isTold = false;

/**
 * Whose network the user's request came from, by what the edge names; '' when it does not say. Text that is no address
 * counts as it is, and is told of once: refusing it would refuse logins for what is wrong with an edge.
 * @throws ServiceError INVALID_ARGUMENT
 */
export const addressOf = (requestIp: string, log: Pick<Logger, 'warn'>): string => {
  if (requestIp.length > LENGTH_MAX) throw invalidField('request_ip', 'is too long');
  const text = requestIp.trim();
  const subscriber = subscriberOf(text);
  if (subscriber === undefined && text !== '' && !isTold) {
    isTold = true;
    log.warn('an edge sends a context.requestIp that is no IP address: the limit by address cannot hold against it');
  }
  return subscriber ?? text;
};

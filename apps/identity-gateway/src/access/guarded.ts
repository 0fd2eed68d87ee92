import type { CallFacts, Handler, ServiceHandlers } from '@userferry/grpc';
import { auditedAs } from './audited-as.ts';
import { authorize } from './authorize.ts';
import { CALLS } from './calls.ts';

/**
 * A service none of whose handlers is reached by a call that its caller may not make. What a call takes is in the table
 * of calls alone.
 * @throws Error for a call that is not in the table: it cannot be served
 */
export const guarded = ({ definition, handlers }: ServiceHandlers): ServiceHandlers => ({
  definition,
  handlers: Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      guard(definition[name]?.path ?? name, handler as Handler<unknown, unknown>),
    ]),
  ),
});

/** UUIDs are written in lower case and read in either (RFC 9562, section 4); what is sealed to an id knows one of them. */
const asStored = (userPoolId: string): string => userPoolId.toLowerCase();

const guard = (path: string, handler: Handler<unknown, unknown>): Handler<never, unknown> => {
  const rule = CALLS[auditedAs({ method: path })];
  if (rule === undefined) throw new Error(`${path} is in no rule of who may call it`);
  return async (given: { readonly userPoolId?: string }, call: CallFacts) => {
    const request = given.userPoolId === undefined ? given : { ...given, userPoolId: asStored(given.userPoolId) };
    authorize(call.caller, rule, request.userPoolId);
    return handler(request, call);
  };
};

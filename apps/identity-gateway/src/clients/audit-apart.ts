import type { CallFacts } from '@userferry/grpc';
import type { HistoryStore } from './history-store.ts';

/** What was done to a pool, or to a key of it (`*`: of operators). */
export type PoolChange = { readonly userPoolId: string; readonly action: string; readonly target: string };

/**
 * Writes the audit entry of a change where the store did not write it with the change, being of the version before; that one
 * keeps no entries of operators' keys, which the log has. It goes with the version after this one.
 */
export const auditApart = async (
  { audited }: { readonly audited: boolean },
  { userPoolId, action, target }: PoolChange,
  call: CallFacts,
  history: Pick<HistoryStore, 'appendAuditEntry'>,
): Promise<void> => {
  if (audited) return;
  if (userPoolId === '*') call.log.info({ actor: call.caller.id, action, target }, "an operator's key");
  else await history.appendAuditEntry({ userPoolId, action, target }, call);
};

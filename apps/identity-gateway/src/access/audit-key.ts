import type { CallFacts } from '@userferry/grpc';
import type { HistoryStore } from '../clients/history-store.ts';

/** What was done to a key. */
export type KeyAction = {
  readonly userPoolId: string;
  readonly action: 'CreateApiKey' | 'RevokeApiKey' | 'RotateApiKey';
  readonly target: string;
};

/** Leaves an audit entry with the key's pool; operators' keys belong to none, and the log has it. */
export const auditKey = async (
  { userPoolId, action, target }: KeyAction,
  call: CallFacts,
  history: Pick<HistoryStore, 'appendAuditEntry'>,
): Promise<void> => {
  if (userPoolId === '*') call.log.info({ actor: call.caller.id, action, target }, "an operator's key");
  else await history.appendAuditEntry({ userPoolId, action: `ApiKeyService/${action}`, target }, call);
};

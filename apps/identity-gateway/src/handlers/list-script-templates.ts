import type {
  ListScriptTemplatesRequest,
  ListScriptTemplatesResponse,
} from '@userferry/contracts/management/v1/connection_service';
import type { Handler } from '@userferry/grpc';
import { actionNumber, SCRIPT_ACTIONS } from '@userferry/script-contract';
import { LEGACY_STORES, templateOf } from '@userferry/script-templates';

/** Ready-made scripts: every action for every kind of legacy user store. */
export const listScriptTemplates = (): Handler<ListScriptTemplatesRequest, ListScriptTemplatesResponse> => {
  const templates = LEGACY_STORES.flatMap((store) =>
    SCRIPT_ACTIONS.map((action) => ({ store, action: actionNumber(action), source: templateOf(store, action) })),
  );
  return async () => ({ templates });
};

import type {
  PreviewMigrationRequest,
  PreviewMigrationResponse,
} from '@userferry/contracts/migration/v1/login_service';
import type { Handler } from '@userferry/grpc';
import type { UserStore } from '@userferry/user-store';
import { readProfile } from '../login/migrate-proven-user.ts';
import { requireOwnConnection } from '../users/own-users.ts';
import { identifierOf } from './fields.ts';
import { VERDICTS } from './migrate-user.ts';

/** What a migration would come to now, whatever the password; nothing is stored. */
export const previewMigration =
  ({ pools, users }: UserStore): Handler<PreviewMigrationRequest, PreviewMigrationResponse> =>
  async ({ userPoolId, connectionId, profileJson, identifier }) => {
    requireOwnConnection(await pools.loginFacts(userPoolId), connectionId);
    const { externalId, profile } = readProfile(Buffer.from(profileJson).toString('utf8'));
    const typed = identifier && identifierOf(identifier);
    const supposed = { userPoolId, connectionId, externalId, profile, typed };
    return { verdict: VERDICTS[await users.previewMigration(supposed)] };
  };

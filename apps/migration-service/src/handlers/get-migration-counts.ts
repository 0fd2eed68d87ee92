import type {
  GetMigrationCountsRequest,
  GetMigrationCountsResponse,
} from '@userferry/contracts/migration/v1/history_service';
import type { Handler } from '@userferry/grpc';
import type { MigrationDay, UserStore } from '@userferry/user-store';

const wireDay = ({ date, migrated, logins, legacyLogins }: MigrationDay) => ({
  date,
  migrated: BigInt(migrated),
  logins: BigInt(logins),
  legacyLogins: BigInt(legacyLogins),
});

/** How far a migration has come. */
export const getMigrationCounts =
  ({ progress }: UserStore): Handler<GetMigrationCountsRequest, GetMigrationCountsResponse> =>
  async ({ userPoolId }) => {
    const { migrated, unresolvedConflicts, days, lastLegacyLoginAt } = await progress.counts(userPoolId);
    return {
      migrated: BigInt(migrated),
      unresolvedConflicts: BigInt(unresolvedConflicts),
      days: days.map(wireDay),
      lastLegacyLoginAt,
    };
  };

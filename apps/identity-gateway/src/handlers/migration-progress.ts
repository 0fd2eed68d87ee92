import type {
  GetMigrationProgressRequest,
  GetMigrationProgressResponse,
} from '@userferry/contracts/management/v1/connection_service';
import type { Handler } from '@userferry/grpc';
import type { ConnectionStore } from '../clients/connection-store.ts';
import type { HistoryStore, MigrationDay } from '../clients/history-store.ts';
import type { RunScript } from '../clients/runner.ts';
import { leftBehind } from '../progress/left-behind.ts';
import { listLegacy } from '../progress/list-legacy.ts';
import { migrationProgress } from '../progress/migration-progress.ts';

export type MigrationProgressDeps = {
  readonly store: Pick<ConnectionStore, 'getConnectionSettings'>;
  readonly history: Pick<HistoryStore, 'getMigrationCounts' | 'countLeftBehind'>;
  readonly runScript: RunScript;
  readonly now?: () => Date;
};

/** How far a migration is and whether the connection can be switched off. */
export const getMigrationProgress =
  (deps: MigrationProgressDeps): Handler<GetMigrationProgressRequest, GetMigrationProgressResponse> =>
  async ({ userPoolId }, call) => {
    const { store, history, runScript, now = () => new Date() } = deps;
    const [settings, counts] = await Promise.all([
      store.getConnectionSettings(userPoolId, call),
      history.getMigrationCounts(userPoolId, call),
    ]);
    const list = listLegacy(userPoolId, settings, call, runScript);
    const total = (await list?.(1, 1))?.totalCount;
    const left = list && total && (await leftBehind(userPoolId, { list, total, ...counts }, call, history));
    const progress = migrationProgress({
      counts,
      legacyTotal: total,
      leftBehind: left,
      mode: settings.mode,
      now: now(),
    });
    return {
      ...progress,
      reasons: [...progress.reasons],
      migrated: BigInt(counts.migrated),
      legacyTotal: total === undefined ? undefined : BigInt(total),
      days: counts.days.map(toWireDay),
    };
  };

const toWireDay = ({ date, migrated, logins, legacyLogins }: MigrationDay) => ({
  date,
  migrated: BigInt(migrated),
  logins: BigInt(logins),
  legacyLogins: BigInt(legacyLogins),
});

import type { JsonObject } from '@userferry/user-model';
import type { DataSource, EntityManager, SelectQueryBuilder } from 'typeorm';
import { deleteInPortions } from '../../delete-in-portions.ts';
import { type ScriptRunRow, scriptRunEntity } from '../../entities/history-entities.ts';
import type { LateReads } from '../../late-reads.ts';
import { newestFirst, type Page, type Paged } from '../../paging.ts';
import { isUuid, requirePool } from '../../require-pool.ts';
import type { Sealer } from '../../secrets/sealing.ts';
import type { Statements } from '../../statements/create-statements.ts';
import type { Statement, StatementCall } from '../../statements/statement.ts';
import type { Clock } from '../../time/clock.ts';
import type { SweepTime } from '../../time/sweep-time.ts';

/** One run as the log history keeps it. `details` (error, console lines, usage) may hold what a script printed. */
export type StoredRun = Readonly<Omit<ScriptRunRow, 'userPoolId' | 'version' | 'sealedDetails'>> & {
  readonly version: number;
  readonly details: JsonObject;
};

/** Which runs to list; what is absent does not narrow. */
export type RunQuery = {
  readonly userPoolId: string;
  readonly action?: string | undefined;
  readonly outcome?: string | undefined;
  /** Only runs that did not complete. */
  readonly failedOnly?: boolean;
  readonly requestId?: string | undefined;
  readonly since?: Date | undefined;
  /** Exclusive. */
  readonly until?: Date | undefined;
};

/** What is kept of the log history. */
export type RunLimits = { readonly runsPerPoolMax: number; readonly runsKeptMs: number };

/** Where a run's details are sealed to. */
export const detailsPlace = (userPoolId: string, runId: string): string =>
  `script_runs/${userPoolId}/${runId}/sealed_details`;

const BEYOND_CAP = `user_pool_id = $1 AND (ended_at, run_id) <= (
  SELECT b.ended_at, b.run_id FROM script_runs AS b WHERE b.user_pool_id = $1
  ORDER BY b.ended_at DESC, b.run_id DESC OFFSET $2 LIMIT 1)`;

const KEY = { table: 'script_runs', key: 'user_pool_id, run_id', by: 'ended_at' } as const;

// In columns, so that it is the same statement for however many.
const APPEND: Statement = {
  name: 'append_script_runs',
  text: `
  INSERT INTO script_runs (user_pool_id, run_id, ended_at, action, outcome, version, request_id, test, sealed_details)
  SELECT $1::uuid, r.* FROM unnest($2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::int8[], $7::text[],
    $8::boolean[], $9::text[]) AS r
  ON CONFLICT DO NOTHING`,
};

const FILTERS: readonly [keyof RunQuery, string][] = [
  ['action', 'run.action = :action'],
  ['outcome', 'run.outcome = :outcome'],
  ['requestId', 'run.requestId = :requestId'],
  ['since', 'run.endedAt >= :since'],
  ['until', 'run.endedAt < :until'],
];

const queryOf = (manager: EntityManager, wanted: RunQuery, oldest: Date): SelectQueryBuilder<ScriptRunRow> => {
  const query = manager.createQueryBuilder(scriptRunEntity, 'run').where('run.userPoolId = :userPoolId');
  query.andWhere('run.endedAt >= :oldest', { oldest });
  for (const [name, condition] of FILTERS) if (wanted[name] !== undefined) query.andWhere(condition);
  if (wanted.failedOnly) query.andWhere("run.outcome <> 'completed'");
  return query.setParameters(wanted);
};

// Runs' ids are given by callers.
const RUN_ID = /^[\s\S]{1,200}$/;

// In the place of an error that a script threw, where whoever reads the history looks for what went wrong.
const UNOPENED: JsonObject = {
  error: {
    name: '',
    message:
      'what this run said cannot be opened with the encryption keys that are given: another key, or it was altered',
  },
  logs: [],
};

/** One run that does not open must not keep all others of its page from whoever asks for them. */
const detailsOf = (sealer: Sealer, { userPoolId, runId, sealedDetails }: ScriptRunRow): JsonObject => {
  try {
    return JSON.parse(sealer.open(sealedDetails, detailsPlace(userPoolId, runId)));
  } catch {
    return UNOPENED;
  }
};

const openRun = (sealer: Sealer, row: ScriptRunRow): StoredRun => {
  const { userPoolId: _pool, sealedDetails: _sealed, version, ...run } = row;
  return { ...run, version: Number(version), details: detailsOf(sealer, row) };
};

export type ScriptRunDeps = {
  readonly dataSource: DataSource;
  readonly run: Statements;
  readonly clock: Clock;
  readonly sweepTime: SweepTime;
  readonly read: LateReads;
};

/** The log history: what scripts said is sealed, since nobody knows what a script prints. */
export const createScriptRunRepository = (
  { dataSource, run, clock, sweepTime, read }: ScriptRunDeps,
  { sealer, limits }: { sealer: Sealer; limits: RunLimits },
) => {
  const appended = (userPoolId: string, runs: readonly StoredRun[]): StatementCall => {
    const column = <T>(of: (each: StoredRun) => T): T[] => runs.map(of);
    const values = [
      userPoolId,
      column(({ runId }) => runId),
      column(({ endedAt }) => endedAt),
      column(({ action }) => action),
      column(({ outcome }) => outcome),
      column(({ version }) => String(version)),
      column(({ requestId }) => requestId),
      column(({ test }) => test),
      column(({ runId, details }) => sealer.seal(JSON.stringify(details), detailsPlace(userPoolId, runId))),
    ];
    return { statement: APPEND, values };
  };
  // Looking for the cap's place at every append would cost as much as the cap is high.
  const grown = new Set<string>();
  const oldestKept = (now = clock()) => new Date(now.getTime() - limits.runsKeptMs);
  return {
    /** Adds runs, each once however often it is told; those that are too old or beyond the pool's cap go with the next sweep. */
    append: async (userPoolId: string, runs: readonly StoredRun[]): Promise<void> => {
      if (!isUuid(userPoolId) || runs.length === 0) return;
      const distinct = [...new Map(runs.map((each) => [each.runId, each])).values()];
      await run(appended(userPoolId, distinct));
      grown.add(userPoolId);
    },

    /**
     * The newest first; of a run that does not open, all but what is sealed, and an error that says so. Throws ServiceError
     * USER_POOL_NOT_FOUND, INVALID_ARGUMENT for a foreign page token.
     */
    list: async (wanted: RunQuery, page: Page): Promise<Paged<StoredRun>> => {
      await requirePool(dataSource.manager, wanted.userPoolId);
      const order = { time: 'endedAt', id: 'runId', idForm: RUN_ID };
      const paged = await read((manager) => newestFirst(queryOf(manager, wanted, oldestKept()), order, page));
      return { ...paged, items: paged.items.map((row) => openRun(sealer, row)) };
    },

    /** Forgets in pools that got new runs the oldest beyond the cap, whatever the clocks say; and runs whose time is over. */
    sweep: async (): Promise<void> => {
      for (const userPoolId of [...grown]) {
        grown.delete(userPoolId);
        const beyond = { ...KEY, where: BEYOND_CAP, values: [userPoolId, limits.runsPerPoolMax] };
        await deleteInPortions(dataSource, beyond).catch((error: unknown) => {
          grown.add(userPoolId);
          throw error;
        });
      }
      const edge = oldestKept(await sweepTime());
      await deleteInPortions(dataSource, { ...KEY, where: 'ended_at < $1', values: [edge] });
    },
  };
};

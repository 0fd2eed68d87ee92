import { ServiceError } from '@userferry/errors';
import type { DataSource, EntityManager } from 'typeorm';
import { connectDataSource, type DatabaseLimits } from './data-source.ts';
import { isTooSlow } from './store-failures.ts';

/** A replica of our store that answers reads which may be a little late. */
export type ReplicaOptions = {
  /** A PostgreSQL connection string: a secret. */
  readonly databaseUrl: string;
  /** One that is further behind, or of which nobody knows how far, is not asked. */
  readonly lagMsMax: number;
  /** Between two looks at how far it is; a second unless said. */
  readonly lookMs?: number;
  /** Told whenever it is asked from now on, or no longer. */
  readonly onChange?: (isAsked: boolean) => void;
};

/** Runs a read where it may be late: lists, searches, history and counts. Nothing that decides anything. */
export type LateReads = <T>(read: (manager: EntityManager) => Promise<T>) => Promise<T>;

/** A second. */
const LOOK_MS = 1_000;
const LOOKS_MISSED_MAX = 3;

/** How far the primary had written when it was asked at that time of the process's own clock. */
type Mark = { readonly atMs: number; readonly position: bigint };

/** PostgreSQL writes a position as two hexadecimal halves. */
const positionOf = (text: string | null): bigint | undefined => {
  const [high, low] = (text ?? '').split('/');
  return low === undefined ? undefined : (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
};

const PRIMARY = 'SELECT pg_current_wal_lsn()::text AS position';
// Nothing where it is no replica (any more): then it may go ways of its own.
const REPLICA = 'SELECT pg_last_wal_replay_lsn()::text AS position';

const positionAt = async (dataSource: DataSource, sql: string): Promise<bigint | undefined> => {
  const [row] = await dataSource.query<{ position: string | null }[]>(sql);
  return positionOf(row?.position ?? null);
};

/**
 * Looks at a replica again and again, and knows up to when it has everything. No clock of a server is compared with
 * another: what counts is when the primary had written no more than the replica has replayed, which holds for a replica
 * that lost its primary, too.
 */
const watchReplica = (primary: DataSource, limits: DatabaseLimits, options: ReplicaOptions) => {
  const { lagMsMax, lookMs = LOOK_MS, onChange = () => undefined } = options;
  let marks: readonly Mark[] = [];
  let replica: DataSource | undefined;
  let known = { wholeUpToMs: Number.NEGATIVE_INFINITY, lookedAtMs: Number.NEGATIVE_INFINITY };
  let told = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const isFit = (): boolean => {
    const now = performance.now();
    return now - known.wholeUpToMs <= lagMsMax && now - known.lookedAtMs <= LOOKS_MISSED_MAX * lookMs;
  };
  const look = async (): Promise<void> => {
    const atMs = performance.now();
    const written = await positionAt(primary, PRIMARY);
    marks = [
      ...marks.filter((mark) => atMs - mark.atMs <= lagMsMax),
      ...(written ? [{ atMs, position: written }] : []),
    ];
    replica ??= await connectDataSource({ ...limits, databaseUrl: options.databaseUrl });
    const replayed = await positionAt(replica, REPLICA);
    if (replayed === undefined) return;
    const whole = marks.filter(({ position }) => position <= replayed).at(-1);
    known = { wholeUpToMs: whole?.atMs ?? known.wholeUpToMs, lookedAtMs: performance.now() };
  };
  const lookAgain = async (): Promise<void> => {
    await look().catch(() => undefined);
    if (stopped) return;
    if (isFit() !== told) {
      told = !told;
      onChange(told);
    }
    timer = setTimeout(begin, lookMs);
  };
  let running: Promise<void> | undefined;
  const begin = (): void => {
    running = lookAgain();
  };
  begin();
  return {
    fit: (): DataSource | undefined => (isFit() ? replica : undefined),
    giveUp: (): void => {
      known = { ...known, lookedAtMs: Number.NEGATIVE_INFINITY };
    },
    [Symbol.asyncDispose]: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
      await replica?.destroy();
    },
  };
};

const isAnswer = (error: unknown): boolean => error instanceof ServiceError || isTooSlow(error);

/**
 * Reads by the replica while it is fit, else by the primary; a read that fails there because of the replica is made again
 * at the primary. Without a replica all go to the primary.
 */
export const createLateReads = (
  primary: DataSource,
  limits: DatabaseLimits,
  options: ReplicaOptions | undefined,
): { readonly read: LateReads } & AsyncDisposable => {
  if (options === undefined)
    return { read: (run) => run(primary.manager), [Symbol.asyncDispose]: async () => undefined };
  const watch = watchReplica(primary, limits, options);
  const read: LateReads = async (run) => {
    const replica = watch.fit();
    if (replica === undefined) return run(primary.manager);
    try {
      return await run(replica.manager);
    } catch (error) {
      if (isAnswer(error)) throw error;
      watch.giveUp();
      return run(primary.manager);
    }
  };
  return { read, [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose]() };
};

import { ServiceError } from '@userferry/errors';
import { count, inSpan, type Labels, observe, showGauge } from '@userferry/telemetry';
import type { AroundStoreCall, StoreTotals, UserStore } from '@userferry/user-store';

const MS = 1_000;

type StoreOutcome = Labels<'userferry_store_calls_total'>['outcome'];

const outcomeOf = (error: unknown): StoreOutcome => {
  if (!(error instanceof ServiceError)) return 'failed';
  return error.reason === 'STORE_UNAVAILABLE' ? 'unavailable' : 'refused';
};

/** Times and counts every call of the store; a span for each, without a statement and without its parameters. */
export const aroundStoreCall: AroundStoreCall = async ({ repository, call }, work) => {
  const began = performance.now();
  const ended = (outcome: StoreOutcome) => {
    count('userferry_store_calls_total', { repository, call, outcome });
    observe('userferry_store_call_seconds', (performance.now() - began) / MS, { repository, call });
  };
  try {
    const result = await inSpan(`store ${repository}.${call}`, work, { facts: { 'db.system.name': 'postgresql' } });
    ended('ok');
    return result;
  } catch (error) {
    ended(outcomeOf(error));
    throw error;
  }
};

/** What is made of the connections to the database. */
const showPool = (store: Pick<UserStore, 'poolUse'>, poolSize: number): Disposable => {
  const stack = new DisposableStack();
  stack.use(
    showGauge('userferry_store_connections', () => {
      const { busy, idle } = store.poolUse();
      return [
        [busy, { state: 'busy' }],
        [idle, { state: 'idle' }],
      ];
    }),
  );
  stack.use(showGauge('userferry_store_waiting', () => [[store.poolUse().waiting, {}]]));
  stack.use(showGauge('userferry_store_connections_max', () => [[poolSize, {}]]));
  return stack;
};

/** Counts again and again; a count that failed leaves nothing to show, which is what is known. */
const showTotals = (store: Pick<UserStore, 'totals'>, intervalMs: number): Disposable => {
  const stack = new DisposableStack();
  let totals: StoreTotals | undefined;
  const look = async (): Promise<void> => {
    totals = await store.totals().catch(() => undefined);
  };
  void look();
  const timer = setInterval(look, intervalMs).unref();
  stack.defer(() => clearInterval(timer));
  const known = () => (totals === undefined ? [] : [totals]);
  stack.use(showGauge('userferry_tombstones', () => known().map(({ tombstones }) => [tombstones, {}])));
  stack.use(
    showGauge('userferry_identifier_conflicts', () =>
      known().map(({ unresolvedConflicts }) => [unresolvedConflicts, {}]),
    ),
  );
  const users = () =>
    known().flatMap((all) => (['migrated', 'local'] as const).map((state) => [all[state], { state }] as const));
  stack.use(showGauge('userferry_users', users));
  return stack;
};

export type ShowStoreOptions = { readonly poolSize: number; readonly countEveryMs: number };

/** Shows of the store what metrics are to tell. Counting costs, so it is only asked for where somebody reads them. */
export const showStore = (
  store: Pick<UserStore, 'poolUse' | 'totals'>,
  { poolSize, countEveryMs }: ShowStoreOptions,
): Disposable => {
  const stack = new DisposableStack();
  stack.use(showPool(store, poolSize));
  stack.use(showTotals(store, countEveryMs));
  return stack;
};

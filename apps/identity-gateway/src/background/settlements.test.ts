import { type Reason, ServiceError } from '@userferry/errors';
import type { CallContext } from '@userferry/grpc';
import { expect, it } from 'vitest';
import type { SettledAttempt } from '../clients/login-store.ts';
import { createSettlements } from './settlements.ts';

const attemptOf = (name: string): SettledAttempt => ({
  ...{ userPoolId: 'pool', ip: '', end: 'undecided', byLegacyStore: false },
  identifier: { kind: 'username', value: name },
});

it('an attempt that was settled is not settled again when another one of its batch is not taken', async () => {
  const sent: string[] = [];
  const settleAttempt = async ({ identifier }: SettledAttempt): Promise<void> => {
    sent.push(identifier.value);
    if (identifier.value === 'refused' && sent.length < 3)
      throw new ServiceError('STORE_UNAVAILABLE', 'away for a moment');
  };
  const settlements = createSettlements({ settleAttempt }, { warn: () => undefined });
  settlements.settle(attemptOf('victim'));
  settlements.settle(attemptOf('refused'));
  await expect.poll(() => sent).toEqual(['victim', 'refused', 'refused']);
  await settlements[Symbol.asyncDispose]();
});

const UNKNOWN: readonly Reason[] = ['DEADLINE_EXCEEDED', 'CANCELLED', 'INTERNAL'];

it.each(UNKNOWN)('an end that may have been settled is not sent again, and is said to be lost: %s', async (reason) => {
  const [sent, warnings]: [string[], object[]] = [[], []];
  const settleAttempt = async ({ identifier }: SettledAttempt): Promise<void> => {
    sent.push(identifier.value);
    throw new ServiceError(reason, 'nobody knows');
  };
  const settlements = createSettlements({ settleAttempt }, { warn: (facts: object) => warnings.push(facts) } as never);
  settlements.settle(attemptOf('victim'));
  await expect.poll(() => sent.length).toBe(1);
  // The first repeat would come after 100 ms.
  await new Promise((resolve) => setTimeout(resolve, 150));
  await settlements[Symbol.asyncDispose]();
  expect([sent, warnings]).toMatchObject([['victim'], [{ err: { reason } }]]);
});

it('an end that the database may take yet is not sent again', async () => {
  const sent: string[] = [];
  const settleAttempt = async ({ identifier }: SettledAttempt): Promise<void> => {
    sent.push(identifier.value);
    throw new ServiceError('STORE_UNAVAILABLE', 'no answer', { metadata: { done: 'unknown' } });
  };
  const settlements = createSettlements({ settleAttempt }, { warn: () => undefined });
  settlements.settle(attemptOf('victim'));
  await expect.poll(() => sent.length).toBe(1);
  // The first repeat would come after 100 ms.
  await new Promise((resolve) => setTimeout(resolve, 150));
  await settlements[Symbol.asyncDispose]();
  expect(sent).toEqual(['victim']);
});

/** Our store ends a statement that waits for a row or table after so long, and says then that nothing was done. */
const STATEMENT_MS_MAX = 5_000;
const CONNECT_MS_MAX = 3_000;

it('an end has the time in which a store that is held up says that nothing was done', async () => {
  const times: number[] = [];
  const settleAttempt = async (_: SettledAttempt, { deadlineMs }: CallContext): Promise<void> => {
    times.push(deadlineMs - Date.now());
  };
  const settlements = createSettlements({ settleAttempt }, { warn: () => undefined });
  settlements.settle(attemptOf('victim'));
  await settlements[Symbol.asyncDispose]();
  expect(times).toHaveLength(1);
  expect(times[0]).toBeGreaterThan(STATEMENT_MS_MAX + CONNECT_MS_MAX);
});

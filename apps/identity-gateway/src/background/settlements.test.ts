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
    if (identifier.value === 'refused' && sent.length < 3) throw new Error('the store is away for a moment');
  };
  const settlements = createSettlements({ settleAttempt }, { warn: () => undefined });
  settlements.settle(attemptOf('victim'));
  settlements.settle(attemptOf('refused'));
  await expect.poll(() => sent).toEqual(['victim', 'refused', 'refused']);
  await settlements[Symbol.asyncDispose]();
});

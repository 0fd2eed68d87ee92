import { ServiceError } from '@userferry/errors';
import { describe, expect, it } from 'vitest';
import type { RunScript } from '../clients/runner.ts';
import type { ConnectionSettings } from '../connection/script-run.ts';
import { callFacts } from '../testing/table-world.ts';
import { listLegacy } from './list-legacy.ts';

const settings: ConnectionSettings = {
  connectionId: 'c',
  version: 1n,
  enabled: true,
  mode: 'lazy_migration',
  env: {},
  egress: [],
  isolation: 'warm',
  scripts: new Map([['listUsers', 'async function listUsers() {}']]),
  pool: { name: 'Acme', metadata: {}, revealRejectionDetails: false, connectionsIncluded: true },
};
const listFrom = (runScript: RunScript) => listLegacy('pool', settings, callFacts(), runScript);
const totalFrom = async (runScript: RunScript) => (await listFrom(runScript)?.(1, 1))?.totalCount;

describe('what the legacy user store says of its users, for the progress of a migration,', () => {
  it('is left out while no script-runner answers, or none has room', async () => {
    for (const reason of ['SERVICE_UNAVAILABLE', 'RUNNER_OVERLOADED', 'DEADLINE_EXCEEDED'] as const)
      expect(await totalFrom(() => Promise.reject(new ServiceError(reason, 'away')))).toBe(undefined);
  });

  it('is waited for a few seconds, whatever time the call has', async () => {
    const asked: number[] = [];
    await totalFrom((_, { deadlineMs }) => {
      asked.push(deadlineMs - Date.now());
      return Promise.reject(new ServiceError('DEADLINE_EXCEEDED', 'late'));
    });
    expect(asked).toEqual([expect.closeTo(4_750, -3)]);
  });

  it('is no failure to be hidden where the caller has hung up, or we have made a mistake', async () => {
    await expect(totalFrom(() => Promise.reject(new ServiceError('CANCELLED', 'gone')))).rejects.toThrow('gone');
    await expect(totalFrom(() => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours');
  });
});

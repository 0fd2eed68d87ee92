import { ScriptRun } from '@userferry/contracts/management/v1/connection_service';
import { actionNumber, type Outcome, outcomeNumber } from '@userferry/script-contract';
import { describe, expect, it } from 'vitest';
import { scriptHealth } from './script-health.ts';

type Facts = { readonly outcome: Outcome; readonly error?: string; readonly test?: boolean; readonly version?: bigint };

const login = ({ outcome, error, test = false, version = 3n }: Facts): ScriptRun =>
  ScriptRun.fromPartial({
    action: actionNumber('login'),
    outcome: outcomeNumber(outcome),
    version,
    test,
    ...(error && { error: { name: error, message: 'x', line: 7 } }),
  } as never);

const isFailing = (...runs: Facts[]) => scriptHealth(runs.map(login), 3n, 'login').failing;

describe('a script', () => {
  it('fails when the newest of its runs came to no decision, and tells where', () => {
    expect(isFailing({ outcome: 'threw', error: 'TypeError' }, { outcome: 'completed' })).toBe(true);
    expect(isFailing({ outcome: 'store_unreachable' })).toBe(true);
    const { lastError } = scriptHealth([login({ outcome: 'threw', error: 'TypeError' })], 3n, 'login');
    expect(lastError).toMatchObject({ name: 'TypeError', line: 7 });
  });

  it('does not fail by refusing a user, nor once it has come to a decision again', () => {
    expect(isFailing({ outcome: 'threw', error: 'WrongUsernameOrPasswordError' })).toBe(false);
    expect(isFailing({ outcome: 'completed' }, { outcome: 'timed_out' })).toBe(false);
  });

  it('is not judged by tests, by other versions and actions, or by what was too much to do', () => {
    expect(isFailing({ outcome: 'timed_out', test: true })).toBe(false);
    expect(isFailing({ outcome: 'timed_out', version: 2n })).toBe(false);
    expect(isFailing({ outcome: 'overloaded' }, { outcome: 'killed' }, { outcome: 'completed' })).toBe(false);
    expect(isFailing({ outcome: 'overloaded' }, { outcome: 'timed_out' })).toBe(true);
    expect(scriptHealth([login({ outcome: 'timed_out' })], 3n, 'getUser').failing).toBe(false);
    expect(isFailing()).toBe(false);
  });
});

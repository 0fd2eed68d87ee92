import { OUTCOMES, type Outcome, type RunResult, SCRIPT_ACTIONS } from '@userferry/script-contract';
import { describe, expect, it } from 'vitest';
import { afterFailedRun } from './failed-run.ts';

const failed = (outcome: Exclude<Outcome, 'completed'>, name = 'Error', code?: string) => {
  const error = { name, message: "the script's own words", ...(code !== undefined && { code }) };
  const run: RunResult = { outcome, error, logs: [], usage: { wallMs: 1, cpuMs: 1, heapBytes: 1 } };
  return { ...run, outcome };
};
const ENDED = OUTCOMES.filter(
  (each): each is Exclude<Outcome, 'completed' | 'threw'> => !['completed', 'threw'].includes(each),
);

describe.each(SCRIPT_ACTIONS)('%s that did not complete', (action) => {
  it('is never a refusal unless the script threw', () => {
    for (const outcome of ENDED)
      expect(afterFailedRun(action, failed(outcome)), outcome).toMatchObject({ step: 'leave_undecided' });
  });

  it('is a broken script when the error has a code or another class', () => {
    for (const error of [failed('threw', 'TypeError'), failed('threw', 'Error', 'ER_NO_SUCH_TABLE')])
      expect(afterFailedRun(action, error)).toMatchObject({ reason: 'SCRIPT_FAILED', code: 603 });
  });

  it('keeps the script’s own words apart from what everybody may read', () => {
    const ends = [...ENDED.map((outcome) => failed(outcome)), failed('threw'), failed('threw', 'NotImplementedError')];
    for (const end of ends) expect(afterFailedRun(action, end).message).not.toContain('own words');
  });
});

it('says of a write without an answer that it may have happened, and does not invite a retry', () => {
  for (const action of ['createUser', 'updateUser', 'deleteUser'] as const)
    for (const outcome of ['killed', 'timed_out', 'store_unreachable'] as const)
      expect(afterFailedRun(action, failed(outcome))).toMatchObject({
        message: expect.stringContaining('whether it changed anything is not known'),
        retryAfterMs: 0,
      });
});

it('invites a retry of a read that was interrupted', () => {
  expect(afterFailedRun('getUser', failed('killed'))).toMatchObject({ reason: 'INTERRUPTED', retryAfterMs: 200 });
});

it('passes on when the script-runner has room again for a connection past its share', () => {
  const end = { ...failed('overloaded'), retryAfterMs: 700 };
  expect(afterFailedRun('login', end)).toMatchObject({ reason: 'OVERLOADED', retryAfterMs: 700 });
  expect(afterFailedRun('login', failed('overloaded'))).toMatchObject({ reason: 'OVERLOADED', retryAfterMs: 1_000 });
});

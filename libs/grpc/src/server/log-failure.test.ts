import { ServiceError } from '@userferry/errors';
import type { Logger } from '@userferry/process';
import { describe, expect, it } from 'vitest';
import { logFailure } from './log-failure.ts';

const logged = (error: ServiceError): Record<string, unknown> => {
  const lines: Record<string, unknown>[] = [];
  const keep = (facts: Record<string, unknown>, msg: string) => void lines.push({ ...facts, msg });
  logFailure({ warn: keep, error: keep } as unknown as Logger, error, { ms: 1 });
  expect(lines).toHaveLength(1);
  return lines[0] ?? {};
};

describe('the line of a call that was refused', () => {
  it('names the cause where it is ours', () => {
    const cause = new Error('the database answered with an error (53300)');
    expect(logged(new ServiceError('STORE_UNAVAILABLE', 'the user store cannot be reached', { cause }))).toEqual({
      ms: 1,
      reason: 'STORE_UNAVAILABLE',
      detail: 'the user store cannot be reached',
      cause: 'the database answered with an error (53300)',
      msg: 'call refused',
    });
  });

  it('does not where it is the caller’s, who may have sent what it quotes', () => {
    const cause = new SyntaxError('Unexpected token in hunter2');
    expect(logged(new ServiceError('INVALID_ARGUMENT', 'no JSON', { cause }))).not.toHaveProperty('cause');
  });
});

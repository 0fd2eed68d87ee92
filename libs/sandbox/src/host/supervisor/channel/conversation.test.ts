import { expect, it } from 'vitest';
import type { SupervisorFrame } from '../../../bridge/frames.ts';
import { createConversation } from './conversation.ts';

const runFrame = (runId: string) => ({ kind: 'run', runId }) as SupervisorFrame;

it('a run that is over may still ask while it closes what it has left open, and not for ever', () => {
  const conversation = createConversation();
  const ask = (runId: string, id: number) => {
    const broken = conversation.broken({ kind: 'resolve', id, runId });
    conversation.handed(id);
    return broken;
  };
  const serve = (runId: string) => {
    conversation.sent(runFrame(runId));
    return conversation.broken({ kind: 'result', runId });
  };
  expect(serve('first')).toBeUndefined();
  expect(ask('first', 1)).toBeUndefined();
  for (let n = 0; n < 1_000; n += 1) expect(serve(`run ${n}`)).toBeUndefined();
  expect(ask('run 999', 2)).toBeUndefined();
  expect(ask('first', 3)).toBe('question of an unknown run');
  expect(conversation.broken({ kind: 'result', runId: 'run 999' })).toBe('result of a run that is not running');
});

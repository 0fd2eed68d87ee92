import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import type { SupervisorFrame } from '../../../bridge/frames.ts';
import { createFramePipe } from './frame-pipe.ts';

const MIB = 1024 * 1024;
const frameOf = (argsJson: string) => ({ kind: 'run', runId: 'run', argsJson }) as SupervisorFrame;

const pipeToNobody = () => {
  const violations: string[] = [];
  const ignore = () => undefined;
  const listener = { frame: ignore, closed: ignore, violation: (rule: string) => void violations.push(rule) };
  return { pipe: createFramePipe(new Duplex({ read: ignore, write: ignore }), listener), violations };
};

it('a host that asks on and reads no answer breaks a rule before its answers fill our memory', () => {
  const { pipe, violations } = pipeToNobody();
  for (let n = 0; n < 31; n += 1) pipe.send(frameOf('x'.repeat(MIB)));
  expect(violations).toEqual([]);
  for (let n = 0; n < 2; n += 1) pipe.send(frameOf('x'.repeat(MIB)));
  expect(violations[0]).toBe('answers that are not read');
});

it('what is too large to be sent has not been said', () => {
  const { pipe, violations } = pipeToNobody();
  expect(() => pipe.send(frameOf('\u0001'.repeat(4 * MIB)))).toThrow(RangeError);
  expect(violations).toEqual([]);
});

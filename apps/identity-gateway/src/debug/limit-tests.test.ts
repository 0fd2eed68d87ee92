import { expect, it } from 'vitest';
import { limitTests } from './limit-tests.ts';

const call = {} as never;
const reasonOf = (error: { reason: string }) => error.reason;

it('tests of scripts are two at a time for a user pool, also when they fail, and as many as one likes after each other', async () => {
  const gate = Promise.withResolvers<string>();
  const test = limitTests(({ isSlow }: { userPoolId: string; isSlow?: boolean }) =>
    isSlow ? gate.promise : Promise.resolve('done'),
  );
  const slow = { userPoolId: 'a', isSlow: true };
  const waiting = [test(slow, call), test(slow, call)].map((each) => each.catch(String));
  expect(await test({ userPoolId: 'a' }, call).catch(reasonOf)).toBe('TOO_MANY_CHECKS');
  expect(await test({ userPoolId: 'b' }, call)).toBe('done');
  gate.reject(new Error('away'));
  expect(await Promise.all(waiting)).toEqual(['Error: away', 'Error: away']);
  for (let n = 0; n < 5; n += 1) expect(await test({ userPoolId: 'a' }, call)).toBe('done');
});

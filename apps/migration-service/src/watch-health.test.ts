import { ServiceError } from '@userferry/errors';
import { expect, it } from 'vitest';
import { type HealthDeps, watchHealth } from './watch-health.ts';

it('a database that does not answer is told once, with what keeps it from it', async () => {
  const cause = new Error('the database answered with an error (53300)');
  const err = new ServiceError('STORE_UNAVAILABLE', 'the user store cannot be reached', { cause });
  let asked = 0;
  const ping = async () => {
    asked += 1;
    if (asked < 4) throw err;
  };
  const [lines, told]: [unknown[], boolean[]] = [[], []];
  const log = {
    warn: (facts: object, msg: string) => void lines.push({ ...facts, msg }),
  } as unknown as HealthDeps['log'];
  using _watch = watchHealth({ store: { ping }, server: { setServing: (is) => void told.push(is) }, log }, 1);
  await expect.poll(() => told.at(-1)).toBe(true);
  expect(lines.slice(0, 2)).toEqual([
    { serving: false, err, msg: 'no database' },
    { serving: true, msg: 'the database answers again' },
  ]);
});

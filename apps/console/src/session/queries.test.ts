import { MutationObserver } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/api-error.ts';
import { createQueries } from './queries.ts';

const refusal = (status: number) => new ApiError({ reason: 'SOME', message: 'send the header …', status });

/** What a form sees of a save that ends so, and how often the session was said to have ended. */
const saved = async (error: ApiError) => {
  let ends = 0;
  const save = new MutationObserver(
    createQueries(() => {
      ends += 1;
    }),
    { mutationFn: () => Promise.reject(error) },
  );
  save.subscribe(() => undefined);
  await save.mutate().catch(() => undefined);
  return { ends, status: save.getCurrentResult().status };
};

describe('a save that is refused', () => {
  it('because the session has ended is said once, by the dialog, and leaves no note beside the form', async () => {
    expect(await saved(refusal(401))).toEqual({ ends: 1, status: 'idle' });
  });

  it('for any other reason is the form’s to say', async () => {
    expect(await saved(refusal(403))).toEqual({ ends: 0, status: 'error' });
  });
});

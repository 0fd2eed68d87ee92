import type { Random } from '../random.ts';

/** One of these; where the weights are of a hundred, each is as likely as its weight says. */
export const drawWeighted = <T>(choices: readonly (readonly [weight: number, choice: T])[], random: Random): T => {
  const total = choices.reduce((sum, [weight]) => sum + weight, 0);
  let left = random.below(10 * total) / 10;
  const chosen = choices.find(([weight]) => {
    left -= weight;
    return left < 0;
  });
  if (chosen === undefined) throw new Error('the weights do not add up');
  return chosen[1];
};

import type { Document } from 'bson';
import { failure, notInDouble } from '../failure.ts';
import { readCount } from './numbers.ts';
import { valuesAt } from './paths.ts';
import { compareValues } from './values.ts';

type Order = (left: Document, right: Document) => number;

/** The order that a sort specification asks for: of an array the least element counts, or descending the greatest. */
export const compileSort = (specification: Document): Order => {
  const orders = Object.entries(specification).map(([name, value]) => {
    const direction = readCount(value);
    if (direction === undefined && typeof value === 'object') throw notInDouble('$meta in a sort');
    if (direction !== 1 && direction !== -1)
      throw failure(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    return compilePart(name.split('.'), direction);
  });
  return (left, right) => {
    for (const order of orders) {
      const result = order(left, right);
      if (result !== 0) return result;
    }
    return 0;
  };
};

const compilePart = (path: readonly string[], direction: 1 | -1): Order => {
  const extreme = (document: Document): unknown => {
    const values = valuesAt(document, path).flatMap((value) =>
      Array.isArray(value) && value.length > 0 ? value : [value],
    );
    const [first, ...rest] = values.map((value) => value ?? null);
    return rest.reduce((best, value) => (compareValues(value, best) * direction < 0 ? value : best), first);
  };
  return (left, right) => compareValues(extreme(left), extreme(right)) * direction;
};

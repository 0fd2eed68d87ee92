/** Sets and maps are alike when every member has its like in the other; the order does not matter. */
import type { Walk } from './deep-equal.ts';

type Compare = (one: unknown, other: unknown, walk: Walk) => boolean;
type Collection = ReadonlySet<unknown> | ReadonlyMap<unknown, unknown>;
type Pair = readonly [key: unknown, value: unknown];

const pairsOf = (collection: Collection): Pair[] =>
  collection instanceof Map
    ? [...collection]
    : [...(collection as ReadonlySet<unknown>)].map((key) => [key, undefined]);

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Members that are found by themselves need no search; the others are tried one by one. */
export function collectionsAreAlike(one: Collection, other: Collection, walk: Walk, compare: Compare): boolean {
  if (one.size !== other.size) return false;
  const heldBy = (collection: Collection, key: unknown): unknown =>
    collection instanceof Map ? collection.get(key) : undefined;
  const searched: Pair[] = [];
  for (const [key, value] of pairsOf(one)) {
    const isKnown = other.has(key);
    if (isKnown && compare(value, heldBy(other, key), walk)) continue;
    if (!isObject(key) && walk.mode !== 'loose') return false;
    searched.push([key, value]);
  }
  const candidates = pairsOf(other).filter(([key]) => !one.has(key) || searched.some(([sought]) => sought === key));
  return searched.length === candidates.length && searched.every((pair) => takeLike(pair, candidates, walk, compare));
}

function takeLike([key, value]: Pair, candidates: Pair[], walk: Walk, compare: Compare): boolean {
  const at = candidates.findIndex(
    ([otherKey, otherValue]) => compare(key, otherKey, walk) && compare(value, otherValue, walk),
  );
  if (at !== -1) candidates.splice(at, 1);
  return at !== -1;
}

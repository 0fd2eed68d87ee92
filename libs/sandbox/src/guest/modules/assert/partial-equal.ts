/** Whether everything that is expected is there, whatever else there is. */
import { isDeepEqual } from '../util/deep-equal.ts';
import { isError, isMap, isSet, typedArrayKind } from '../util/kinds.ts';

type Bag = Record<PropertyKey, unknown>;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Members of lists are looked for in their order. */
function listHolds(actual: readonly unknown[], expected: readonly unknown[]): boolean {
  let at = 0;
  return expected.every((member) => {
    while (at < actual.length && !isPartlyEqual(actual[at], member)) at += 1;
    at += 1;
    return at <= actual.length;
  });
}

function setHolds(actual: ReadonlySet<unknown>, expected: ReadonlySet<unknown>): boolean {
  const candidates = [...actual];
  return [...expected].every((member) => {
    const at = candidates.findIndex((candidate) => isPartlyEqual(candidate, member));
    if (at !== -1) candidates.splice(at, 1);
    return at !== -1;
  });
}

function mapHolds(actual: ReadonlyMap<unknown, unknown>, expected: ReadonlyMap<unknown, unknown>): boolean {
  const candidates = [...actual];
  return [...expected].every(([key, value]) => {
    const at = candidates.findIndex(([other, held]) => isPartlyEqual(other, key) && isPartlyEqual(held, value));
    if (at !== -1) candidates.splice(at, 1);
    return at !== -1;
  });
}

function propertiesHold(actual: object, expected: object): boolean {
  const symbols = Object.getOwnPropertySymbols(expected).filter((symbol) =>
    Object.prototype.propertyIsEnumerable.call(expected, symbol),
  );
  const keys: PropertyKey[] = [...Object.keys(expected), ...symbols];
  return keys.every((key) => Object.hasOwn(actual, key) && isPartlyEqual((actual as Bag)[key], (expected as Bag)[key]));
}

export function isPartlyEqual(actual: unknown, expected: unknown): boolean {
  if (!isObject(actual) || !isObject(expected)) return isDeepEqual(actual, expected, 'strict');
  if (Array.isArray(expected)) return Array.isArray(actual) && listHolds(actual, expected);
  if (isSet(expected)) return isSet(actual) && setHolds(actual, expected);
  if (isMap(expected)) return isMap(actual) && mapHolds(actual, expected);
  const isPlain = Object.prototype.toString.call(expected) === '[object Object]';
  if (isError(expected)) {
    const { name, message } = expected;
    const isSame = isError(actual) && actual.name === name && (message === '' || actual.message === message);
    return isSame && propertiesHold(actual, expected);
  }
  if (!isPlain || typedArrayKind(expected) !== undefined) return isDeepEqual(actual, expected, 'strict');
  return Object.prototype.toString.call(actual) === '[object Object]' && propertiesHold(actual, expected);
}

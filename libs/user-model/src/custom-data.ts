import { isJsonObject, objectWithoutCredentials } from './credential-fields.ts';
import type { Checked } from './field-rules.ts';
import { type JsonObject, PROFILE_LIMITS } from './profile.ts';
import { byteLength, textProblem } from './text.ts';

const deeperThan = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((item) => deeperThan(item, levels - 1)));

const unstorable = (value: unknown): string | undefined => {
  if (typeof value === 'string') return textProblem(value);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, item] of Object.entries(value)) {
    const problem = textProblem(name) ?? unstorable(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

/**
 * Makes `customData` of what a script returned under that name and of the fields that have no place of their own;
 * credentials are dropped at any depth. A name in both keeps the value of `customData`.
 */
export const checkCustomData = (given: unknown, unknownFields: JsonObject): Checked => {
  if (given !== undefined && given !== null && !isJsonObject(given)) return { must: 'must be an object' };
  const merged = { ...unknownFields, ...(given ?? {}) };
  if (deeperThan(merged, PROFILE_LIMITS.customDataDepthMax))
    return { must: `must be nested at most ${PROFILE_LIMITS.customDataDepthMax} levels deep` };
  const value = objectWithoutCredentials(merged);
  if (byteLength(JSON.stringify(value)) > PROFILE_LIMITS.customDataBytesMax)
    return { must: `must be at most ${PROFILE_LIMITS.customDataBytesMax} bytes as JSON, unknown fields included` };
  const problem = unstorable(value);
  return problem === undefined ? { value } : { must: `${problem}, at any depth` };
};

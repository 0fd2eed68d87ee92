import { isJsonObject, objectWithoutCredentials } from './credential-fields.ts';
import type { Checked } from './field-rules.ts';
import { type JsonObject, PROFILE_LIMITS } from './profile.ts';
import { storableProblem } from './storable.ts';
import { byteLength } from './text.ts';

/**
 * Makes `customData` of what a script returned under that name and of the fields that have no place of their own;
 * credentials are dropped at any depth. A name in both keeps the value of `customData`.
 */
export const checkCustomData = (given: unknown, unknownFields: JsonObject): Checked => {
  if (given !== undefined && given !== null && !isJsonObject(given)) return { must: 'must be an object' };
  const merged = { ...unknownFields, ...(given ?? {}) };
  const problem = storableProblem(merged);
  if (problem !== undefined) return { must: problem };
  const value = objectWithoutCredentials(merged);
  if (byteLength(JSON.stringify(value)) > PROFILE_LIMITS.customDataBytesMax)
    return { must: `must be at most ${PROFILE_LIMITS.customDataBytesMax} bytes as JSON, unknown fields included` };
  return { value };
};

import { isCredential, isJsonObject } from './credential-fields.ts';
import { checkCustomData } from './custom-data.ts';
import { externalIdProblem } from './external-id.ts';
import { checkReturnedField, isField } from './parse-profile.ts';
import type { Json, JsonObject } from './profile.ts';

/** What becomes of one field of a profile that a script returned. `message` is a sentence without any value in it. */
export type ExplainedField = {
  readonly name: string;
  /** `custom_data`: kept there. `ignored`: dropped. `wrong`: the whole profile is refused. */
  readonly state: 'accepted' | 'custom_data' | 'ignored' | 'wrong';
  readonly message: string;
};

const wrong = (name: string, must: string): ExplainedField => ({ name, state: 'wrong', message: `${name} ${must}` });
const accepted = (name: string): ExplainedField => ({ name, state: 'accepted', message: '' });
const ignored = (name: string, why: string): ExplainedField => ({ name, state: 'ignored', message: why });

const explain = (name: string, value: Json, all: JsonObject): ExplainedField => {
  if (value === null) return ignored(name, 'null is taken for absent');
  if (name === 'lastIP') {
    if ((all.lastIp ?? null) !== null) return ignored(name, 'lastIp is there, and counts');
    return explained(name, checkReturnedField('lastIp', value));
  }
  if (isField(name)) return explained(name, checkReturnedField(name, value));
  if (isCredential(name, value)) return ignored(name, 'passwords, hashes and salts are never kept');
  return { name, state: 'custom_data', message: 'is no field of the profile, and is kept in customData' };
};

const explained = (name: string, checked: ReturnType<typeof checkReturnedField>): ExplainedField => {
  if ('must' in checked) return wrong(name, checked.must);
  return checked.value === undefined
    ? ignored(name, 'what is empty, or stands for none in databases, is taken for none')
    : accepted(name);
};

const explainId = (id: Json | undefined): ExplainedField => {
  const problem = externalIdProblem(id);
  return problem === undefined ? accepted('id') : wrong('id', problem);
};

/** `customData` with what is kept there beside it: present where it is, or where together they cannot be kept. */
const explainCustomData = (value: JsonObject): readonly ExplainedField[] => {
  const { customData, ...rest } = value;
  const unknown = Object.entries(rest).filter(
    ([name, item]) => item !== null && name !== 'id' && name !== 'lastIP' && !isField(name),
  );
  const checked = checkCustomData(customData, Object.fromEntries(unknown));
  if ('must' in checked) return [wrong('customData', checked.must)];
  if (customData === undefined) return [];
  return [customData === null ? ignored('customData', 'null is taken for absent') : accepted('customData')];
};

/**
 * A profile that a script returned (parsed JSON), field by field: `id` first, then as the script has them. No field is
 * `wrong` exactly when `parseProfile` takes it. Never throws and never repeats a value.
 */
export const explainProfile = (value: unknown): readonly ExplainedField[] => {
  if (!isJsonObject(value)) return [{ name: '', state: 'wrong', message: 'the profile must be an object' }];
  const others = Object.entries(value).filter(([name]) => name !== 'id' && name !== 'customData');
  return [
    explainId(value.id),
    ...others.map(([name, item]) => explain(name, item ?? null, value)),
    ...explainCustomData(value),
  ];
};

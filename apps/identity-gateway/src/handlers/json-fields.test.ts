import { Profile } from '@userferry/contracts/identity/v1/user';
import { CreateUserPoolRequest } from '@userferry/contracts/management/v1/user_pool_service';
import { describe, expect, it } from 'vitest';
import { callFacts } from '../testing/table-world.ts';
import { createUserPool } from './create-user-pool.ts';
import { jsonArray, jsonFacts, jsonObject } from './json-fields.ts';
import { toNewProfile, toUpdates } from './profile.ts';

const bytes = (json: string) => Buffer.from(json);
const refusal = (field: string) => ({
  reason: 'INVALID_ARGUMENT',
  message: `${field} has a number too large to be exact: send it as a string`,
  metadata: { field },
});
const problemOf = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};
/** 2^53 + 1, which is no number of JavaScript. */
const LOST = '9007199254740993';

describe('a number in JSON from a caller', () => {
  it.each([LOST, '-9007199254740993', '12345678901234567168', '1e400', '-1e400'])(
    'is refused rather than kept with other digits: %s',
    (number) => {
      expect(problemOf(() => jsonObject('f', bytes(`{"a":[1,{"b":${number}}]}`)))).toMatchObject(refusal('f'));
      expect(problemOf(() => jsonArray('f', bytes(`[${number}]`)))).toMatchObject(refusal('f'));
    },
  );

  it.each([
    '9007199254740991',
    '9007199254740992',
    '100000000000000000000',
    '1e300',
    '-0',
    '0.1',
    '1.0',
    '1.5e18',
    '3.14159265358979323846',
  ])('is kept where it comes back as it was sent: %s', (number) =>
    expect(jsonObject('f', bytes(`{"a":${number}}`))).toEqual({ a: Number(number) }),
  );

  it('is of any length within a string', () => {
    expect(jsonObject('f', bytes(`{"${LOST}":"${LOST}"}`))).toEqual({ [LOST]: LOST });
  });

  it('does not fail a login for what an application was sent', () => {
    expect(jsonFacts('f', bytes(`{"a":${LOST}}`))).toEqual({ a: Number(LOST) });
  });
});

describe('a field with such a number is named', () => {
  it('of a new user, and of updates', () => {
    const profile = Profile.fromPartial({ email: 'a@example.com', customDataJson: bytes(`{"order":${LOST}}`) });
    expect(problemOf(() => toNewProfile(profile))).toMatchObject(refusal('profile.custom_data_json'));
    expect(problemOf(() => toUpdates(profile, []))).toMatchObject(refusal('updates.custom_data_json'));
  });

  it('of a user pool', async () => {
    const made: object[] = [];
    const store = {
      createUserPool: async (pool: object) => {
        made.push(pool);
        return {} as never;
      },
    };
    const request = CreateUserPoolRequest.fromPartial({ name: 'Acme', metadataJson: bytes(`{"account":${LOST}}`) });
    await expect(createUserPool(store)(request, callFacts())).rejects.toMatchObject(refusal('metadata_json'));
    expect(made).toEqual([]);
  });
});

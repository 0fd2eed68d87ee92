import { create, toBinary } from '@bufbuild/protobuf';
import { TimestampSchema } from '@bufbuild/protobuf/wkt';
import { CreateApiKeyRequest } from '@userferry/contracts/management/v1/api_key_service';
import { describe, expect, it } from 'vitest';
import { timeField } from './timestamps.ts';

const onTheWire = (seconds: bigint, nanos: number): Date | undefined => {
  const time = toBinary(TimestampSchema, create(TimestampSchema, { seconds, nanos }));
  const [expiresAt, ofBytes] = [5 << 3, 2];
  return CreateApiKeyRequest.decode(Uint8Array.of(expiresAt | ofBytes, time.length, ...time)).expiresAt;
};
const [FIRST_SECOND, LAST_SECOND] = [-62_135_596_800n, 253_402_300_799n];

describe('a time of a message', () => {
  it.each([
    [FIRST_SECOND, 0, '0001-01-01T00:00:00.000Z'],
    [LAST_SECOND, 0, '9999-12-31T23:59:59.000Z'],
    [LAST_SECOND, 999_000_000, '9999-12-31T23:59:59.999Z'],
    [LAST_SECOND, 999_999_999, '9999-12-31T23:59:59.999Z'],
  ])('is taken from the first to the last that a Timestamp says: %s s and %s ns', (seconds, nanos, time) => {
    expect(timeField('expires_at', onTheWire(seconds, nanos))).toEqual(new Date(time));
  });

  it.each([
    [FIRST_SECOND - 1n, 0],
    [LAST_SECOND + 2n, 0],
    [2n ** 62n, 0],
  ])('is refused by its name where it is none: %s s and %s ns', (seconds, nanos) => {
    const said = 'expires_at must be a time of the years 1 to 9999';
    expect(() => timeField('expires_at', onTheWire(seconds, nanos))).toThrow(said);
  });

  it('may be absent', () => expect(timeField('since', undefined)).toBeUndefined());
});

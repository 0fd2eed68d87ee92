import { describe, expect, it } from 'vitest';
import { randomRing } from '../service-for-tests.ts';
import { costsToMakeUp, createPasswordHasher } from './password-hasher.ts';

const limits = { cost: 4, inFlightMax: 2, waitingMax: 10, newPasswordCharactersMin: 8 };
const peppers = randomRing('p1');
const never = new AbortController().signal;

describe('our hash', () => {
  it('verifies the password that it was made of and no other', async () => {
    const passwords = await createPasswordHasher({ ...limits, peppers });
    const credential = await passwords.hash('hunter2', never);
    expect(await passwords.verify('hunter2', credential, never)).toBe(true);
    expect(await passwords.verify('hunter3', credential, never)).toBe(false);
    expect(credential).toMatchObject({ scheme: 'bcrypt-hmac-sha384', version: 1, pepperId: 'p1', cost: 4 });
  });

  it.each([
    ['after byte 72', 'a'.repeat(72), 'a'.repeat(72).concat('b')],
    ['at byte 73', `${'a'.repeat(72)}c`, `${'a'.repeat(72)}d`],
    ['after a NUL', 'a\u0000b', 'a\u0000c'],
  ])('tells passwords apart that differ %s', async (_, one, two) => {
    const passwords = await createPasswordHasher({ ...limits, peppers });
    const credential = await passwords.hash(one, never);
    expect(await passwords.verify(one, credential, never)).toBe(true);
    expect(await passwords.verify(two, credential, never)).toBe(false);
  });

  it('is worth nothing without the pepper', async () => {
    const credential = await (await createPasswordHasher({ ...limits, peppers })).hash('hunter2', never);
    const other = await createPasswordHasher({ ...limits, peppers: randomRing('p1') });
    expect(await other.verify('hunter2', credential, never)).toBe(false);
  });

  it('is still checked after the pepper changed, and names a pepper that is missing', async () => {
    const credential = await (await createPasswordHasher({ ...limits, peppers })).hash('hunter2', never);
    const secrets = new Map([...randomRing('p2').secrets, ...peppers.secrets]);
    const rotated = await createPasswordHasher({ ...limits, peppers: { currentId: 'p2', secrets } });
    expect(await rotated.verify('hunter2', credential, never)).toBe(true);
    expect(await rotated.hash('hunter2', never)).toMatchObject({ pepperId: 'p2' });
    const without = await createPasswordHasher({ ...limits, peppers: randomRing('p3') });
    await expect(without.verify('hunter2', credential, never)).rejects.toThrow('there is no pepper "p1"');
  });

  it('is renewed for the password that it was made of where cost or pepper are not today’s, one at a time', async () => {
    const old = await (await createPasswordHasher({ ...limits, peppers })).hash('hunter2', never);
    const secrets = new Map([...randomRing('p2').secrets, ...peppers.secrets]);
    for (const [changed, today] of [
      [
        { peppers, cost: 5 },
        { pepperId: 'p1', cost: 5 },
      ],
      [{ peppers: { currentId: 'p2', secrets } }, { pepperId: 'p2', cost: 4 }],
    ] as const) {
      const passwords = await createPasswordHasher({ ...limits, ...changed });
      const [renewed, second] = await Promise.all([passwords.renew('hunter2', old), passwords.renew('hunter2', old)]);
      expect(second).toBeUndefined();
      expect(renewed).toMatchObject(today);
      expect(renewed && (await passwords.verify('hunter2', renewed, never))).toBe(true);
      expect(renewed && (await passwords.renew('hunter2', renewed))).toBeUndefined();
    }
  });

  it('is not renewed while others want the processor', async () => {
    const old = await (await createPasswordHasher({ ...limits, peppers })).hash('hunter2', never);
    const passwords = await createPasswordHasher({ ...limits, peppers, cost: 5, inFlightMax: 1 });
    const login = passwords.verify('hunter2', old, never);
    expect(await passwords.renew('hunter2', old)).toBeUndefined();
    await login;
    expect(await passwords.renew('hunter2', old)).toMatchObject({ cost: 5 });
  });

  it('of yesterday’s cost is no faster to refuse: what it lacks is made up, to the last round', () => {
    const rounds = (costs: readonly number[]) => costs.reduce((sum, cost) => sum + 2 ** cost, 0);
    expect(2 ** 10 + rounds(costsToMakeUp(10, 12))).toBe(2 ** 12);
    expect(costsToMakeUp(12, 12)).toEqual([]);
    expect(costsToMakeUp(12, 10)).toEqual([]);
  });

  it('lets nobody in as nobody, not even with the password of which nobody was made', async () => {
    const passwords = await createPasswordHasher({ ...limits, peppers });
    expect(await passwords.verifyNobody('', never)).toBe(false);
  });
});

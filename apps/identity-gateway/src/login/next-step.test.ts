import { OUTCOMES, type RunResult } from '@userferry/script-contract';
import { describe, expect, it } from 'vitest';
import { stepAfterScript, stepAfterStore } from './next-step.ts';

const run = (fields: Partial<RunResult>): RunResult => ({
  outcome: 'completed',
  logs: [],
  usage: { wallMs: 1, cpuMs: 1, heapBytes: 1 },
  ...fields,
});
const completed = (value: unknown) => run({ resultJson: JSON.stringify(value) });
const threw = (name: string, message: string, code?: string) =>
  run({ outcome: 'threw', error: { name, message, ...(code !== undefined && { code }) } });

describe('what our store knows', () => {
  it('lets a verified user in without asking anyone else', () => {
    expect(stepAfterStore({ verdict: 'verified' }, 'on')).toEqual({ step: 'authenticate', source: 'local' });
  });

  it('settles a wrong password of a user who is here: the legacy user store is not asked', () => {
    expect(stepAfterStore({ verdict: 'wrong_password' }, 'on')).toMatchObject({
      step: 'reject',
      reason: 'INVALID_CREDENTIALS',
    });
  });

  it('never looks a tombstoned user up in the legacy user store', () => {
    expect(stepAfterStore({ verdict: 'tombstoned' }, 'on')).toMatchObject({
      step: 'reject',
      reason: 'INVALID_CREDENTIALS',
    });
  });

  it('sends an unknown user to the script only where a connection is switched on', () => {
    expect(stepAfterStore({ verdict: 'unknown' }, 'on')).toEqual({ step: 'run_script' });
    expect(stepAfterStore({ verdict: 'unknown' }, 'off')).toMatchObject({
      step: 'reject',
      reason: 'INVALID_CREDENTIALS',
    });
  });

  it('answers an unknown, a tombstoned and a wrong one alike', () => {
    const answers = [
      stepAfterStore({ verdict: 'unknown' }, 'off'),
      stepAfterStore({ verdict: 'tombstoned' }, 'on'),
      stepAfterStore({ verdict: 'wrong_password' }, 'on'),
    ];
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('can say nothing of an unknown user where the plan lacks connections, and lets migrated users in all the same', () => {
    expect(stepAfterStore({ verdict: 'unknown' }, 'unpaid')).toMatchObject({ reason: 'PAYMENT_REQUIRED', code: 402 });
    expect(stepAfterStore({ verdict: 'verified' }, 'unpaid')).toEqual({ step: 'authenticate', source: 'local' });
  });

  it('says of a user with too many wrong passwords how long to wait', () => {
    expect(stepAfterStore({ verdict: 'too_many_attempts', retryAfterMs: 4_000 }, 'on')).toMatchObject({
      step: 'reject',
      reason: 'TOO_MANY_ATTEMPTS',
      retryAfterMs: 4_000,
    });
  });

  it('says that a locked user is locked', () => {
    expect(stepAfterStore({ verdict: 'locked' }, 'on')).toMatchObject({
      step: 'reject',
      reason: 'USER_LOCKED',
      code: 2005,
    });
  });
});

describe('what the script said', () => {
  const profile = { id: 7, email: 'ada@example.com' };

  it('migrates a proven user in lazy migration', () => {
    expect(stepAfterScript(completed(profile), 'lazy_migration')).toEqual({
      step: 'migrate',
      profileJson: JSON.stringify(profile),
      externalId: 7,
      profile: { email: 'ada@example.com' },
    });
  });

  it('stores nothing of a proven user in a custom user store', () => {
    expect(stepAfterScript(completed(profile), 'custom_user_store')).toEqual({
      step: 'authenticate',
      source: 'custom_database',
      externalId: 7,
      profile: { email: 'ada@example.com' },
    });
  });

  it('counts null as an unknown user', () => {
    expect(stepAfterScript(completed(null), 'lazy_migration')).toMatchObject({
      step: 'reject',
      reason: 'INVALID_CREDENTIALS',
    });
  });

  it('neither lets a blocked user in nor migrates them', () => {
    expect(stepAfterScript(completed({ ...profile, blocked: true }), 'lazy_migration')).toMatchObject({
      reason: 'USER_LOCKED',
      code: 2005,
    });
  });

  it('counts a deleted user as unknown', () => {
    expect(stepAfterScript(completed({ ...profile, isDeleted: true }), 'lazy_migration')).toMatchObject({
      reason: 'INVALID_CREDENTIALS',
    });
  });

  it('leaves a profile undecided that is not one, and names the fields', () => {
    const step = stepAfterScript(completed({ email: 5 }), 'lazy_migration');
    expect(step).toMatchObject({ step: 'leave_undecided', reason: 'INVALID_RESULT', code: 603 });
    expect(step).toHaveProperty('message', expect.stringMatching(/id is missing.*email must be a string/));
  });

  it('rejects when the script throws a plain Error, and keeps its words apart from what everyone sees', () => {
    const step = stepAfterScript(threw('Error', 'no such user in table t_users'), 'lazy_migration');
    expect(step).toMatchObject({ step: 'reject', detail: 'no such user in table t_users' });
    expect(step).toHaveProperty('message', 'account or password is wrong');
  });

  it.each([
    ['TypeError', 'x is undefined', undefined],
    ['error', 'relation "users" does not exist', '42P01'],
    ['UserExistsError', 'odd in a login', undefined],
  ])('leaves it undecided when the script broke: %s', (name, message, code) => {
    expect(stepAfterScript(threw(name, message, code), 'lazy_migration')).toMatchObject({
      reason: 'SCRIPT_FAILED',
      code: 603,
    });
  });

  it('never reads anything but a completed or a throwing run as a rejection', () => {
    for (const outcome of OUTCOMES.filter((each) => each !== 'completed' && each !== 'threw')) {
      const step = stepAfterScript(
        run({ outcome, error: { name: 'Error', message: 'wrong password' } }),
        'lazy_migration',
      );
      expect(step, outcome).toMatchObject({ step: 'leave_undecided' });
    }
  });

  it('says of an unreachable legacy user store that it is unreachable, and when to come back', () => {
    const step = stepAfterScript(run({ outcome: 'store_unreachable' }), 'lazy_migration');
    expect(step).toMatchObject({ reason: 'LEGACY_STORE_UNREACHABLE', code: 0 });
    expect((step as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0);
  });
});

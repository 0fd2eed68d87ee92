import type { ScriptAction } from '@userferry/script-contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { signalIsolateHosts } from './calls/isolate-hosts.ts';
import { byEmail, byLegacyId, type Caller, createCaller, type How, type Outcome, reasonOf } from './legacy/caller.ts';
import { createCompany } from './legacy/connect-company.ts';
import { countingScript, EXECUTIONS_TABLE } from './legacy/counting-script.ts';
import { type LegacyShop, startLegacyShop } from './legacy/legacy-shop.ts';
import { createUserferry, type Userferry } from './world.ts';

const stack = new AsyncDisposableStack();
let ours: Userferry;
let shop: LegacyShop;
let caller: Caller;

beforeAll(async () => {
  shop = await startLegacyShop('postgresql');
  stack.defer(() => shop.stop());
  await shop.query(EXECUTIONS_TABLE);
  ours = stack.use(await createUserferry({ env: { USERFERRY_EGRESS_ALLOW: '127.0.0.1:*' } }));
  const connection = { mode: 'CUSTOM_USER_STORE', uri: shop.uri, scriptOf: countingScript } as const;
  const company = stack.use(await createCompany(ours, { name: 'crashing hosts', connection }));
  caller = createCaller(company);
});
afterAll(() => stack.disposeAsync());
beforeEach(() => shop.query('DELETE FROM executions'));

const executionsOf = async (action: ScriptAction): Promise<number> =>
  Number((await shop.query<{ n: string }>('SELECT count(*) AS n FROM executions WHERE action = ?', [action]))[0]?.n);

/** Makes a call, and lets the isolate host die when the action has written its line and is not done. */
const crashDuring = async (action: ScriptAction, signal: NodeJS.Signals, call: (how: How) => Promise<Outcome>) => {
  const answer = call({ body: { stop: action, nobody: action === 'createUser' } });
  answer.catch(() => undefined);
  await expect.poll(() => executionsOf(action), { timeout: 20_000 }).toBe(1);
  const runner = ours.services.processes['script-runner'].pid ?? 0;
  expect(signalIsolateHosts(runner, signal)).toBeGreaterThan(0);
  return answer;
};

const ann = byLegacyId(7);
const WRITES: readonly (readonly [string, ScriptAction, (how: How) => Promise<Outcome>])[] = [
  ['Register', 'createUser', (how) => caller.register({ email: 'ann@shop.example' }, 'Secret-password-1', how)],
  ['UpdateUser', 'updateUser', (how) => caller.update(ann, { nickname: 'Ann' }, how)],
  ['DeleteUser', 'deleteUser', (how) => caller.delete(ann, how)],
  [
    'ChangePassword',
    'updateUser',
    (how) => caller.change(ann, { old: 'Secret-password-1', new: 'Secret-password-2' }, how),
  ],
];

describe.each(['SIGKILL', 'SIGSEGV'] as const)('an isolate host that ends by %s', (signal) => {
  it.each(WRITES)('in the middle of %s: %s ran exactly once, and nobody can say whether it is done', async (...row) => {
    const [, action, call] = row;
    const outcome = await crashDuring(action, signal, call);
    expect(reasonOf(outcome)).toBe('INTERRUPTED');
    expect(outcome).toMatchObject({ $case: 'undecided', value: { retryAfterMs: 0n } });
    // Longer than the gateway waits before it repeats a read.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await executionsOf(action)).toBe(1);
  });

  it('in the middle of a login: the login is repeated once, and succeeds', async () => {
    const outcome = await crashDuring('login', signal, (how) =>
      caller.login(byEmail('ann@shop.example'), 'Secret-password-1', how),
    );
    expect(outcome).toMatchObject({ $case: 'authenticated' });
    expect(await executionsOf('login')).toBe(2);
  });
});

import {
  ChangePasswordRequest,
  DeleteUserRequest,
  LoginRequest,
  LoginSource,
  RegisterRequest,
  ResetPasswordRequest,
} from '@userferry/contracts/identity/v1/identity_service';
import { MigrationState } from '@userferry/contracts/identity/v1/user';
import { ConflictResolution } from '@userferry/contracts/management/v1/connection_service';
import { CreateUserPoolRequest, Plan } from '@userferry/contracts/management/v1/user_pool_service';
import { ScriptAction } from '@userferry/contracts/runner/v1/script_runner_service';
import { type LocalPostgres, startPostgres } from '@userferry/local-databases';
import { schemaOf } from '@userferry/script-templates';
import bcrypt from 'bcrypt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectCompany, inTime, type LegacyCompany } from './legacy-company.ts';
import { createWorld, type World } from './world.ts';

let legacy: LocalPostgres;
let world: World;
let company: LegacyCompany;

beforeAll(async () => {
  legacy = await startPostgres();
  const uri = await legacy.createDatabase('shop', { owner: 'shop' });
  await legacy.query(`${schemaOf('postgresql')}; ALTER TABLE users OWNER TO shop`, { database: 'shop' });
  world = await createWorld({ env: { USERFERRY_EGRESS_ALLOW: `127.0.0.1:${legacy.port}` }, company: false });
  company = await connectCompany(world, { store: 'postgresql', uri, mode: 'LAZY_MIGRATION' });
});
afterAll(async () => {
  company?.[Symbol.dispose]();
  await world?.[Symbol.asyncDispose]();
  await legacy?.stop();
});

const addLegacyUser = async (name: string, email = `${name}@shop.example`): Promise<void> => {
  const hash = await bcrypt.hash(`${name}-Secret-1`, 4);
  const sql = 'INSERT INTO users (email, username, password, nickname) VALUES ($1, $2, $3, $4)';
  await legacy.query(sql, { database: 'shop', values: [email, name, hash, `The ${name}`] });
};

const pool = () => ({ userPoolId: company.userPoolId });
const user = (name: string) => ({ selector: { $case: 'username' as const, value: name } });
const login = async (name: string, password = `${name}-Secret-1`) => {
  const identifier = { $case: 'username' as const, value: name };
  return (await company.identity.login(LoginRequest.fromPartial({ ...pool(), identifier, password }), inTime())).outcome;
};
const register = async (profile: { email: string; username: string }) =>
  (await company.identity.register(RegisterRequest.fromPartial({ ...pool(), profile, password: 'local-Secret-1' }), inTime())).outcome;
const page = () => ({ ...pool(), pageSize: 50, pageToken: '' });

const fromLegacy = { $case: 'authenticated', value: { source: LoginSource.CUSTOM_DATABASE, migratedNow: true } };
const fromHere = { $case: 'authenticated', value: { source: LoginSource.LOCAL } };
const refused = { $case: 'rejected', value: { reason: 'INVALID_CREDENTIALS' } };

describe('a registration', () => {
  it('is refused when only the legacy user store knows the user', async () => {
    await addLegacyUser('ann');
    expect(await register({ email: 'ann@shop.example', username: 'other-ann' })).toMatchObject({ $case: 'rejected', value: { reason: 'USER_EXISTS', code: 2026 } });
  });

  it('of somebody new is kept here and touches nothing there', async () => {
    expect(await register({ email: 'new@shop.example', username: 'newcomer' })).toMatchObject({ $case: 'registered', value: { migrationState: MigrationState.LOCAL } });
    expect(await login('newcomer', 'local-Secret-1')).toMatchObject(fromHere);
    expect(await legacy.query(`SELECT 1 FROM users WHERE username = 'newcomer'`, { database: 'shop' })).toHaveLength(0);
  });

  it('creates nobody while the legacy user store is down', async () => {
    await legacy.pause();
    try {
      expect(await register({ email: 'x@shop.example', username: 'x' })).toMatchObject({ $case: 'undecided', value: { reason: 'LEGACY_STORE_UNREACHABLE' } });
    } finally {
      await legacy.resume();
    }
    expect(await login('x', 'local-Secret-1')).toMatchObject(refused);
  });
});

describe('before migration', () => {
  it('a forgotten password is reset: the user counts as migrated, and the old password is gone', async () => {
    await addLegacyUser('bea');
    const request = ResetPasswordRequest.fromPartial({ ...pool(), user: user('bea'), newPassword: 'reset-Secret-2' });
    expect((await company.identity.resetPassword(request, inTime())).outcome).toMatchObject({ $case: 'reset', value: { migrationState: MigrationState.MIGRATED } });
    expect(await login('bea', 'reset-Secret-2')).toMatchObject(fromHere);
    expect(await login('bea')).toMatchObject(refused);
  });

  it('a password is changed once the legacy user store has proven the old one', async () => {
    await addLegacyUser('cid');
    const change = async (oldPassword: string) => {
      const request = ChangePasswordRequest.fromPartial({ ...pool(), user: user('cid'), oldPassword, newPassword: 'changed-Secret-2' });
      return (await company.identity.changePassword(request, inTime())).outcome;
    };
    expect(await change('not it')).toMatchObject({ $case: 'rejected', value: { reason: 'WRONG_OLD_PASSWORD', code: 2203 } });
    expect(await change('cid-Secret-1')).toMatchObject({ $case: 'changed' });
    expect(await login('cid', 'changed-Secret-2')).toMatchObject(fromHere);
    expect(await login('cid')).toMatchObject(refused);
  });

  it('a deleted user stays deleted until the tombstone is lifted', async () => {
    await addLegacyUser('dan');
    const deleted = await company.identity.deleteUser(DeleteUserRequest.fromPartial({ ...pool(), user: user('dan') }), inTime());
    expect(deleted.outcome).toMatchObject({ $case: 'deleted' });
    expect(await login('dan')).toMatchObject(refused);
    expect(await register({ email: 'dan@shop.example', username: 'dan-again' })).toMatchObject({ $case: 'rejected', value: { reason: 'USER_TOMBSTONED' } });
    const { tombstones } = await company.connections.listTombstones(page(), inTime());
    const tombstone = tombstones.find(({ identifiers }) => identifiers.includes('dan'));
    expect(tombstone).toBeDefined();
    await company.connections.liftTombstone({ ...pool(), tombstoneId: tombstone?.tombstoneId ?? '' }, inTime());
    expect(await login('dan')).toMatchObject(fromLegacy);
  });
});

describe('a migrated user who is deleted', () => {
  it('is not re-created by a later login', async () => {
    await addLegacyUser('eve');
    expect(await login('eve')).toMatchObject(fromLegacy);
    await company.identity.deleteUser(DeleteUserRequest.fromPartial({ ...pool(), user: user('eve') }), inTime());
    expect(await login('eve')).toMatchObject(refused);
  });
});

describe('two people with one e-mail', () => {
  it('are never merged: the conflict is listed, resolved, and the next login goes through', async () => {
    await register({ email: 'shared@shop.example', username: 'here-first' });
    await addLegacyUser('fay', 'shared@shop.example');
    expect(await login('fay')).toMatchObject({ $case: 'undecided', value: { reason: 'IDENTIFIER_CONFLICT' } });
    const { conflicts } = await company.connections.listConflicts(page(), inTime());
    expect(conflicts).toMatchObject([{ kind: 'email', value: 'shared@shop.example' }]);
    const conflictId = conflicts[0]?.conflictId ?? '';
    await company.connections.resolveConflict({ ...pool(), conflictId, resolution: ConflictResolution.KEEP_LOCAL }, inTime());
    expect(await login('fay')).toMatchObject(fromLegacy);
    expect(await login('here-first', 'local-Secret-1')).toMatchObject(fromHere);
  });
});

describe('an administrator', () => {
  it('switches the connection off at once, and on again', async () => {
    await addLegacyUser('gil');
    await company.connections.disableConnection(pool(), inTime());
    expect(await login('gil')).toMatchObject(refused);
    expect(await login('newcomer', 'local-Secret-1')).toMatchObject(fromHere);
    await company.connections.enableConnection(pool(), inTime());
    expect(await login('gil')).toMatchObject(fromLegacy);
  });

  it('rolls a bad script back', async () => {
    await addLegacyUser('hal');
    const { versions } = await company.connections.listScriptVersions(page(), inTime());
    const good = versions.find(({ current }) => current)?.version ?? 0n;
    const source = 'async function login() { return nonsense.id; }';
    await company.connections.saveScript({ ...pool(), action: ScriptAction.LOGIN, source }, inTime());
    expect(await login('hal')).toMatchObject({ $case: 'undecided', value: { reason: 'SCRIPT_FAILED', code: 603 } });
    await company.connections.rollbackScript({ ...pool(), version: good }, inTime());
    expect(await login('hal')).toMatchObject(fromLegacy);
  });

  it('finds the failed run in the log history, with its line and without a password', async () => {
    const query = { ...page(), action: ScriptAction.LOGIN, outcome: 0, failedOnly: true, requestId: '', since: undefined, until: undefined } as const;
    await expect.poll(async () => (await company.connections.listScriptRuns(query, inTime())).runs.map(({ error }) => error?.message)).toContain('nonsense is not defined');
    const { runs } = await company.connections.listScriptRuns(query, inTime());
    expect(runs.find(({ error }) => error?.message === 'nonsense is not defined')?.error).toMatchObject({ name: 'ReferenceError', line: 1 });
    expect(JSON.stringify(runs, (_, value) => (typeof value === 'bigint' ? Number(value) : value))).not.toContain('Secret');
  });

  it('sees how far the migration is', async () => {
    const progress = await company.connections.getMigrationProgress(pool(), inTime());
    expect(progress.migrated).toBeGreaterThanOrEqual(5n);
    expect(progress.days).toHaveLength(30);
    expect(progress.reasons.length).toBeGreaterThan(0);
  });

  it('needs a plan or a trial for a connection', async () => {
    const { userPool } = await company.pools.createUserPool(CreateUserPoolRequest.fromPartial({ name: 'small', plan: Plan.BASIC }), inTime());
    const userPoolId = userPool?.userPoolId ?? '';
    await company.connections.saveConnection({ userPoolId, mode: 1, address: undefined, env: {}, keepEnv: false, egress: [] }, inTime());
    await expect(company.connections.enableConnection({ userPoolId }, inTime())).rejects.toMatchObject({ reason: 'PAYMENT_REQUIRED' });
    expect((await company.pools.startTrial({ userPoolId }, inTime())).userPool).toMatchObject({ connectionsIncluded: true, trial: { daysLeft: 30 } });
    await company.connections.enableConnection({ userPoolId }, inTime());
    await expect(company.pools.startTrial({ userPoolId }, inTime())).rejects.toMatchObject({ reason: 'TRIAL_ALREADY_USED' });
  });
});

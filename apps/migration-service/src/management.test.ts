import { createHash } from 'node:crypto';
import { ApiKeyRole } from '@userferry/contracts/management/v1/api_key_service';
import { ConnectionMode } from '@userferry/contracts/management/v1/connection_service';
import { Isolation } from '@userferry/contracts/runner/v1/script_runner_service';
import { type TestDatabase, testDatabase } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTime, setUpPool, startServiceForTests } from './service-for-tests.ts';

let database: TestDatabase;
let service: Awaited<ReturnType<typeof startServiceForTests>>;
beforeAll(async () => {
  database = await testDatabase();
  service = await startServiceForTests(database.url);
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const sha256 = (text: string) => createHash('sha256').update(text).digest();

describe('the list of pools', () => {
  const list = async (wanted: { all?: boolean; userPoolIds?: string[]; search?: string }) => {
    const page = { pageSize: 200, pageToken: '' };
    const request = { all: false, userPoolIds: [], search: '', ...page, ...wanted };
    return (await service.pools.listUserPools(request, inTime())).userPools.map(({ userPoolId }) => userPoolId);
  };

  it('is of all only where that is said, and of nobody’s pools for whoever has none', async () => {
    const [{ userPoolId: one }, { userPoolId: other }] = [await setUpPool(service), await setUpPool(service)];
    expect(await list({ all: true })).toEqual(expect.arrayContaining([one, other]));
    expect(await list({ userPoolIds: [one] })).toEqual([one]);
    expect(await list({})).toEqual([]);
    expect(await list({ userPoolIds: [one], search: 'no such name' })).toEqual([]);
    await expect(list({ all: true, search: 'x'.repeat(257) })).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });
});

describe('a connection', () => {
  it('shows which scripts its mode requires and which are there, and no secret', async () => {
    const { userPoolId } = await setUpPool(service);
    const { connection } = await service.connections.getConnection({ userPoolId }, inTime());
    expect(connection).toMatchObject({
      mode: ConnectionMode.LAZY_MIGRATION,
      enabled: true,
      version: 2n,
      envNames: ['API_TOKEN', 'DB_CONNECTION_URI'],
    });
    expect(connection?.scripts.slice(0, 3)).toEqual([
      { action: 1, required: true, saved: true, failing: false },
      { action: 2, required: true, saved: false, failing: false },
      { action: 3, required: false, saved: false, failing: false },
    ]);
    expect(JSON.stringify({ ...connection, version: 0 })).not.toContain('s3cr3t');
  });

  it('hands its settings out whole, in the version that a login is told', async () => {
    const { userPoolId, connectionId } = await setUpPool(service);
    const settings = await service.connections.getConnectionSettings({ userPoolId }, inTime());
    expect(settings).toEqual({
      connectionId,
      version: 2n,
      enabled: true,
      mode: ConnectionMode.LAZY_MIGRATION,
      env: { DB_CONNECTION_URI: 'postgres://legacy:s3cr3t-uri@db.example:5432/old', API_TOKEN: 's3cr3t-token' },
      egress: [{ host: 'db.example', port: 5432 }],
      isolation: 0,
      scripts: [{ action: 1, source: '// s3cr3t-source' }],
      pool: {
        name: 'pool',
        metadataJson: Buffer.from('{"tier":1}'),
        revealRejectionDetails: true,
        connectionsIncluded: true,
      },
    });
  });

  it('has what its runs share in its settings and where it is shown', async () => {
    const { userPoolId } = await setUpPool(service);
    const save = { userPoolId, mode: 1 as const, addressEnv: undefined, ownEnv: undefined, egress: [], actor: 'key-1' };
    const { connection } = await service.connections.saveConnection(
      { ...save, isolation: Isolation.PER_RUN },
      inTime(),
    );
    expect(connection?.isolation).toBe(Isolation.PER_RUN);
    const settings = await service.connections.getConnectionSettings({ userPoolId }, inTime());
    expect(settings.isolation).toBe(Isolation.PER_RUN);
  });

  it('takes no save that keeps values of a version that is no longer current', async () => {
    const { userPoolId } = await setUpPool(service);
    const { version } = await service.connections.getConnectionSettings({ userPoolId }, inTime());
    const save = { userPoolId, mode: 1 as const, addressEnv: undefined, ownEnv: undefined, egress: [], actor: 'key-1' };
    const again = () =>
      service.connections.saveConnection({ ...save, isolation: 0, keptFromVersion: version }, inTime());
    await again();
    await expect(again()).rejects.toMatchObject({ reason: 'CONCURRENT_CHANGE' });
  });

  it('is refused with a mode or an action that does not exist', async () => {
    const { userPoolId } = await setUpPool(service);
    const invalid = { reason: 'INVALID_ARGUMENT' };
    const save = {
      userPoolId,
      mode: 0 as const,
      addressEnv: undefined,
      ownEnv: undefined,
      egress: [],
      isolation: 0 as const,
      actor: '',
    };
    await expect(service.connections.saveConnection(save, inTime())).rejects.toMatchObject(invalid);
    const unknown = { ...save, mode: 1 as const, isolation: 9 as Isolation };
    await expect(service.connections.saveConnection(unknown, inTime())).rejects.toMatchObject(invalid);
    const later = { userPoolId, action: 1 as const, source: '', language: 7 as 1, writtenSource: '', actor: '' };
    await expect(service.connections.saveScript(later, inTime())).rejects.toMatchObject(invalid);
    const script = { userPoolId, action: 0 as const, source: '', language: 0 as const, writtenSource: '', actor: '' };
    await expect(service.connections.saveScript(script, inTime())).rejects.toMatchObject(invalid);
  });
});

describe('an API key', () => {
  it('is found by its hash until it is revoked, by its own pool only', async () => {
    const { userPoolId } = await setUpPool(service);
    const other = await setUpPool(service);
    const request = { userPoolId, role: ApiKeyRole.EDGE, name: 'edge', scopes: [], actor: 'key-1' };
    const { apiKey, secret } = await service.pools.createApiKey(request, inTime());
    const find = () => service.pools.findApiKey({ secretSha256: sha256(secret) }, inTime());
    const revoke = (of: string) =>
      service.pools.revokeApiKey({ userPoolId: of, apiKeyId: apiKey?.apiKeyId ?? '', actor: 'key-1' }, inTime());
    expect((await find()).apiKey).toEqual(apiKey);
    await expect(revoke(other.userPoolId)).rejects.toMatchObject({ reason: 'API_KEY_NOT_FOUND' });
    expect((await find()).apiKey).toEqual(apiKey);
    await revoke(userPoolId);
    await revoke(userPoolId);
    await expect(find()).rejects.toMatchObject({ reason: 'API_KEY_NOT_FOUND' });
  });

  it.each([
    ['*', ApiKeyRole.EDGE],
    ['*', ApiKeyRole.ADMIN],
    ['a pool', ApiKeyRole.OPERATOR],
    ['a pool', ApiKeyRole.UNSPECIFIED],
  ] as const)('of %s with role %i is refused', async (of, role) => {
    const userPoolId = of === '*' ? '*' : (await setUpPool(service)).userPoolId;
    const creating = service.pools.createApiKey(
      { userPoolId, role, name: 'key', scopes: [], actor: 'key-1' },
      inTime(),
    );
    await expect(creating).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });

  it('of a pool that does not exist is refused', async () => {
    const creating = service.pools.createApiKey(
      { userPoolId: 'x', role: ApiKeyRole.EDGE, name: 'key', scopes: [], actor: 'key-1' },
      inTime(),
    );
    await expect(creating).rejects.toMatchObject({ reason: 'USER_POOL_NOT_FOUND' });
  });
});

describe('a user pool', () => {
  it.each([
    ['', '{}'],
    ['a\u0000', '{}'],
    ['a', '[]'],
    ['a', '{'],
    ['a', '{"a":"\\u0000"}'],
  ])('is refused with name %j and metadata %s', async (name, metadata) => {
    const request = {
      name,
      metadataJson: Buffer.from(metadata),
      revealRejectionDetails: false,
      plan: 0 as const,
      actor: 'key-1',
    };
    await expect(service.pools.createUserPool(request, inTime())).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });
});

describe('a change of a pool or a key', () => {
  const pool = { name: 'pool', metadataJson: Buffer.from('{}'), revealRejectionDetails: false, plan: 0 as const };
  const graceSeconds = 60;

  /** A pool and a key are made, the key is rotated and revoked; what is said of the audit, and what it has. */
  const changesBy = async (actor: string) => {
    const made = await service.pools.createUserPool({ ...pool, actor }, inTime());
    const userPoolId = made.userPool?.userPoolId ?? '';
    const wanted = { userPoolId, role: ApiKeyRole.EDGE, name: 'edge', scopes: ['logins'], actor };
    const key = await service.pools.createApiKey(wanted, inTime());
    const apiKeyId = key.apiKey?.apiKeyId ?? '';
    const rotated = await service.pools.rotateApiKey({ userPoolId, apiKeyId, graceSeconds, actor }, inTime());
    const revoke = () => service.pools.revokeApiKey({ userPoolId, apiKeyId, actor }, inTime());
    const answers = [made, key, rotated, await revoke(), await revoke()];
    const page = { userPoolId, pageSize: 0, pageToken: '' };
    const { entries } = await service.history.listAuditEntries(page, inTime());
    return { apiKeyId, audited: answers.map(({ audited }) => audited), entries };
  };

  it('is in the audit with who made it and in which request, once, and its answer says so', async () => {
    const { apiKeyId, audited, entries } = await changesBy('key-1');
    expect(audited).toEqual([true, true, true, true, true]);
    expect(entries.map(({ action, target }) => `${action}: ${target}`).toSorted()).toEqual([
      `ApiKeyService/CreateApiKey: key ${apiKeyId}, name edge, role edge, logins`,
      `ApiKeyService/RevokeApiKey: key ${apiKeyId}`,
      `ApiKeyService/RotateApiKey: key ${apiKeyId}, the secret before goes on for 60 s`,
      'UserPoolService/CreateUserPool: user pool',
    ]);
    for (const entry of entries) expect(entry).toMatchObject({ actor: 'key-1', requestId: 'request-of-a-test' });
  });

  it('is left out for a gateway of the version before, which names nobody and writes the entry itself', async () => {
    expect(await changesBy('')).toMatchObject({ audited: [false, false, false, false, false], entries: [] });
  });
});

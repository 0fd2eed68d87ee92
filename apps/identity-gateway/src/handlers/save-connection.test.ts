import {
  type SaveConnectionRequest,
  ConnectionMode as WireMode,
} from '@userferry/contracts/management/v1/connection_service';
import { Isolation } from '@userferry/contracts/runner/v1/script_runner_service';
import { expect, it } from 'vitest';
import { ROLE_SCOPES } from '../access/scopes.ts';
import type { ConnectionStore } from '../clients/connection-store.ts';
import { callFacts } from '../testing/table-world.ts';
import { saveConnection } from './save-connection.ts';

const call = {
  ...callFacts(),
  caller: { role: 'admin', userPoolIds: ['pool'], scopes: ROLE_SCOPES.admin, id: 'key' } as const,
};

type Saved = Parameters<ConnectionStore['saveConnection']>[0];

const SAVED = {
  DB_CONNECTION_URI: 'mongodb://ada:s%40fe@db.example:27017/users?tls=true',
  DB_HOST: 'db.example',
  DB_PORT: '27017',
  DB_USERNAME: 'ada',
  DB_PASSWORD: 's@fe',
  DB_DATABASE: 'users',
  TOKEN: 'saved-token',
};

const saved = async (more: Partial<SaveConnectionRequest>): Promise<Saved | undefined> => {
  let kept: Saved | undefined;
  const store = {
    getConnectionSettings: async () => ({ env: SAVED, version: 7n }) as never,
    saveConnection: async (settings: Saved) => {
      kept = settings;
      return {} as Awaited<ReturnType<ConnectionStore['saveConnection']>>;
    },
  };
  const basis = {
    userPoolId: 'pool',
    mode: WireMode.LAZY_MIGRATION,
    address: undefined,
    env: {},
    keepEnv: true,
    keepEnvNames: [],
    isolation: Isolation.UNSPECIFIED,
  };
  await saveConnection(store)({ ...basis, egress: [], ...more }, call);
  return kept;
};
const save = async (egress: SaveConnectionRequest['egress']) => (await saved({ egress }))?.egress;

it('what runs share is a setting: an isolate for each run, or warm ones where nothing is said', async () => {
  expect((await saved({ isolation: Isolation.PER_RUN }))?.isolation).toBe('per_run');
  expect((await saved({}))?.isolation).toBe('warm');
  const unknown = saved({ isolation: 9 as Isolation });
  await expect(unknown).rejects.toMatchObject({
    reason: 'INVALID_ARGUMENT',
    message: expect.stringContaining('isolation'),
  });
});

it('a connection’s own egress list may hold names, addresses and ranges, with one port or all', async () => {
  const rules = [
    { host: 'db.example.com', port: 5432 },
    { host: '10.0.0.0/8', port: 0 },
    { host: '2001:db8::1', port: 443 },
  ];
  expect(await save(rules)).toEqual(rules);
  expect(await save([{ host: ' db.example.com ', port: 1 }])).toEqual([{ host: 'db.example.com', port: 1 }]);
});

it.each([
  ['', 'egress[1].host must have 1 to 256 characters'],
  ['*.example.com', 'egress[1].host has a wildcard'],
  ['10.0.0.0/40', 'egress[1].host has a prefix that is not from 0 to 32'],
  ['db.example.com:5432', 'egress[1].host is no host name'],
  ['http://db.example.com', 'egress[1].host is no range'],
  ['fe80::1%eth0', 'egress[1].host names a network interface'],
])('a rule that cannot be read is refused when it is saved, not at the first login: %j', async (host, message) => {
  const rules = [
    { host: 'db.example.com', port: 5432 },
    { host, port: 5432 },
  ];
  await expect(save(rules)).rejects.toMatchObject({
    reason: 'INVALID_ARGUMENT',
    message: expect.stringContaining(message),
    metadata: { field: 'egress[1].host' },
  });
});

it('a port that is none is refused by name, and so are too many rules', async () => {
  await expect(save([{ host: 'a', port: 65_536 }])).rejects.toMatchObject({ metadata: { field: 'egress[0].port' } });
  await expect(save(Array(101).fill({ host: 'a', port: 1 }))).rejects.toMatchObject({ metadata: { field: 'egress' } });
});

it('keeps the saved values of names, beside what is sent, and refuses a name that has none', async () => {
  const kept = await saved({ keepEnv: false, keepEnvNames: ['TOKEN'], env: { OTHER: 'new' } });
  expect(kept?.ownEnv).toEqual({ TOKEN: 'saved-token', OTHER: 'new' });
  await expect(saved({ keepEnv: false, keepEnvNames: ['NOBODY'] })).rejects.toMatchObject({
    reason: 'INVALID_ARGUMENT',
    metadata: { field: 'keep_env_names' },
  });
});

it('tells the version of which it keeps values, and none where it keeps none', async () => {
  expect((await saved({ keepEnv: false, keepEnvNames: ['TOKEN'] }))?.keptFromVersion).toBe(7n);
  expect((await saved({ address: fields({ keepPassword: true }) as never }))?.keptFromVersion).toBe(7n);
  expect((await saved({ keepEnv: false, env: { OTHER: 'new' } }))?.keptFromVersion).toBeUndefined();
});

const fields = (more: object) => ({
  form: {
    $case: 'fields' as const,
    value: { host: 'db.example', port: 27017, username: 'bob', password: '', database: 'other', ...more },
  },
});

it('loses nothing that is sent beside the word that what is saved stays', async () => {
  const both = [
    [saved({ keepEnv: true, env: { TOKEN: 'new' } }), 'keep_env'],
    [saved({ address: fields({ keepPassword: true, password: 'new' }) as never }), 'address.fields.keep_password'],
  ] as const;
  for (const [refused, field] of both) {
    await expect(refused).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT', metadata: { field } });
  }
});

it('keeps the saved password, kind of store and options when user or database change', async () => {
  const kept = await saved({ address: fields({ keepPassword: true }) as never });
  expect(kept?.addressEnv).toMatchObject({
    DB_CONNECTION_URI: 'mongodb://bob:s%40fe@db.example:27017/other?tls=true',
    DB_USERNAME: 'bob',
    DB_PASSWORD: 's@fe',
  });
});

it.each([{ host: 'elsewhere.example' }, { port: 5432 }])(
  'sends a kept password to no other server: %j',
  async (other) => {
    await expect(saved({ address: fields({ keepPassword: true, ...other }) as never })).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      metadata: { field: 'address.fields.keep_password' },
    });
  },
);

/**
 * The egress policy and a driver that is told where to go: by names of clusters, by seed lists, and by the servers
 * themselves. Each address is judged when it is connected to, whoever named it.
 */
import { type MongodbSetDouble, startMongodbSetDouble } from '@userferry/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EgressRule, Sandbox } from '../../sandbox.ts';
import { withNames } from '../isolate-host/testing/names.ts';
import { REAL_RUNTIME, runOf, startTestSandbox, temporaryFolder } from './testing/test-sandbox.ts';

const folder = temporaryFolder();
let set: MongodbSetDouble;
let sandbox: Sandbox;
let restore = (): void => undefined;
const portOf = (member: number): number => set.members[member]?.port ?? 0;

/** Of the three members the deployment opens the first two; the third is as closed as the rest of the loopback. */
beforeAll(async () => {
  set = await startMongodbSetDouble({
    host: 'db0.legacy.example',
    collections: { 'legacy.users': [{ _id: 1, email: 'a@b.example' }] },
  });
  const allow = [0, 1].map((member) => ({ host: '127.0.0.1', port: portOf(member) }));
  sandbox = await startTestSandbox({
    runtimeFolder: REAL_RUNTIME,
    stateFolder: folder.path,
    egress: { allow: [...allow] },
  });
});
afterAll(async () => {
  await sandbox?.close();
  await set?.stop();
  folder.remove();
});

const srv = (...members: number[]) =>
  members.map((member) => ({ name: 'db0.legacy.example', port: portOf(member), priority: 0, weight: 0 }));
beforeEach(() => {
  restore = withNames({
    'lookup db0.legacy.example': ['127.0.0.1'],
    'lookup inside.legacy.example': ['10.9.8.7'],
    'lookup meta.legacy.example': ['169.254.169.254'],
    'SRV _mongodb._tcp.good.legacy.example': srv(0, 1),
    'TXT good.legacy.example': [['replicaSet=rs0']],
    'SRV _mongodb._tcp.closed.legacy.example': srv(2),
    'TXT closed.legacy.example': [['authSource=admin']],
    'SRV _mongodb._tcp.meta.legacy.example': [{ name: 'meta.legacy.example', port: 80, priority: 0, weight: 0 }],
    'TXT meta.legacy.example': [['authSource=admin']],
  });
  set.elect(0);
});
afterEach(() => restore());

const connectionsToThird = () => set.members[2]?.commands.length;
const find = (uri: string, options = ''): string => `async function work() { const { MongoClient } = require('mongodb');
  const client = new MongoClient(${JSON.stringify(uri)}, { serverSelectionTimeoutMS: 1500, connectTimeoutMS: 1000, tls: false, ${options} });
  try { await client.connect(); return (await client.db('legacy').collection('users').findOne({})).email } finally { await client.close() } }`;
const run = (uri: string, given: { options?: string; egress?: readonly EgressRule[] } = {}) =>
  sandbox.run(
    runOf(find(uri, given.options), {
      timeoutMs: 20_000,
      memoryLimitBytes: 96 * 1024 * 1024,
      ...(given.egress && { egress: given.egress }),
    }),
  );

describe('the egress policy and MongoDB', () => {
  it('lets seeds through that are open, and members that they name', async () => {
    const seed = `mongodb://db0.legacy.example:${portOf(1)}/?replicaSet=rs0`;
    expect(await run(seed)).toMatchObject({ outcome: 'completed', resultJson: '"a@b.example"' });
  });

  it('keeps the driver from a member that an open one names, while the others serve', async () => {
    const before = connectionsToThird();
    const seeds = `mongodb://db0.legacy.example:${portOf(0)},db0.legacy.example:${portOf(2)}/?replicaSet=rs0`;
    expect(await run(seeds)).toMatchObject({ outcome: 'completed' });
    expect(connectionsToThird()).toBe(before);
  });

  it('does not follow a primary to an address that is closed, and the outcome says so', async () => {
    set.elect(2);
    const before = connectionsToThird();
    const result = await run(`mongodb://db0.legacy.example:${portOf(0)}/?replicaSet=rs0`);
    expect(result).toMatchObject({ outcome: 'egress_denied' });
    expect(connectionsToThird()).toBe(before);
  });

  it('refuses a seed that is closed', async () => {
    const result = await run(`mongodb://db0.legacy.example:${portOf(2)}/?directConnection=true`);
    expect(result).toMatchObject({ outcome: 'egress_denied' });
    expect(JSON.stringify(result)).toContain('rule loopback');
  });

  it.each([
    ['a private address', 'inside.legacy.example:27017', 'private'],
    ['a metadata service', 'meta.legacy.example:80', 'metadata_service'],
    ['a metadata service by its address', '169.254.169.254:80', 'metadata_service'],
    ['a disguise of the loopback', '2130706433:27017', 'loopback'],
  ])('refuses a seed that leads to %s', async (_what, seed, rule) => {
    const result = await run(`mongodb://${seed}/?directConnection=true`);
    expect(result).toMatchObject({ outcome: 'egress_denied' });
    expect(JSON.stringify(result)).toContain(`rule ${rule}`);
  });

  it('lets the name of a cluster through whose servers are open', async () => {
    const result = await run('mongodb+srv://good.legacy.example/legacy');
    expect(result).toMatchObject({ outcome: 'completed', resultJson: '"a@b.example"' });
  });

  it.each([
    ['are closed', 'closed.legacy.example'],
    ['are a metadata service', 'meta.legacy.example'],
  ])('refuses the name of a cluster whose servers %s', async (_what, name) => {
    const before = connectionsToThird();
    expect(await run(`mongodb+srv://${name}/legacy`)).toMatchObject({ outcome: 'egress_denied' });
    expect(connectionsToThird()).toBe(before);
  });

  it('judges the address anew when the name leads elsewhere after the first look', async () => {
    restore();
    let looked = 0;
    const zone: Record<string, readonly unknown[]> = {
      get 'lookup db0.legacy.example'() {
        looked += 1;
        return [looked === 1 ? '127.0.0.1' : '169.254.169.254'];
      },
    };
    restore = withNames(zone);
    const before = set.members[0]?.commands.length ?? 0;
    const result = await run(`mongodb://db0.legacy.example:${portOf(0)}/?directConnection=true`);
    expect(result).toMatchObject({ outcome: 'egress_denied', error: { message: expect.stringContaining('rule') } });
    const asked = set.members[0]?.commands.slice(before).map(({ name }) => name.toLowerCase());
    expect(new Set(asked)).toEqual(new Set(asked?.filter((name) => /^(?:hello|ismaster)$/.test(name))));
    expect(asked?.length).toBeGreaterThan(0);
  });

  it('holds a connection to its own list, for members that servers name, too', async () => {
    const egress = [{ host: 'db0.legacy.example', port: portOf(1) }];
    const own = { egress, options: 'serverSelectionTimeoutMS: 700' };
    const secondary = `mongodb://db0.legacy.example:${portOf(1)}/?readPreference=secondary&directConnection=true`;
    expect(await run(secondary, own)).toMatchObject({ outcome: 'completed' });
    const primary = `mongodb://db0.legacy.example:${portOf(1)}/?replicaSet=rs0`;
    expect(await run(primary, own)).toMatchObject({ outcome: 'egress_denied' });
  });
});

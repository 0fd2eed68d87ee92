import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DRIVERS, DRIVERS_OF_TODAY } from './drivers.ts';
import { type MongodbSetDouble, startMongodbSetDouble } from './start-mongodb-double.ts';

let set: MongodbSetDouble;
beforeEach(async () => {
  set = await startMongodbSetDouble({ collections: { 'legacy.users': [{ _id: 1 }] } });
});
afterEach(() => set.stop());

const askedAt = (name: string): number[] =>
  set.members.flatMap(({ commands }, index) => (commands.some((command) => command.name === name) ? [index] : []));
const at = (member: number, query: string): string =>
  `mongodb://127.0.0.1:${set.members[member]?.port}/legacy?${query}`;
const WAIT = { serverSelectionTimeoutMS: 5000 };

describe.each(DRIVERS)('a replica set and driver $version', ({ connect }) => {
  const withUsers = async (uri: string, run: (users: ReturnType<typeof usersOf>) => Promise<void>) => {
    const client = await connect(uri, WAIT);
    try {
      await run(usersOf(client));
    } finally {
      await client.close();
    }
  };
  const usersOf = (client: Awaited<ReturnType<typeof connect>>) =>
    client.db('legacy').collection<{ _id: number }>('users');

  it('is found by any of its members', async () => {
    await withUsers(at(2, 'replicaSet=rs0'), async (users) => {
      await users.insertOne({ _id: 2 });
      expect(await users.find({}).toArray()).toEqual([{ _id: 1 }, { _id: 2 }]);
    });
    expect([askedAt('insert'), askedAt('find')]).toEqual([[0], [0]]);
  });

  it('is read at a secondary where the client prefers it', async () => {
    await withUsers(`${set.uri}&readPreference=secondary`, async (users) => {
      expect(await users.findOne({})).toEqual({ _id: 1 });
    });
    expect(askedAt('find')).not.toContain(0);
  });

  it('is written to at its new primary after an election, without the client being opened anew', async () => {
    await withUsers(set.uri, async (users) => {
      await users.insertOne({ _id: 2 });
      set.elect(1);
      await users.insertOne({ _id: 3 });
      expect(await users.countDocuments({})).toBe(3);
    });
    expect(askedAt('insert')).toEqual([0, 1]);
  });

  it('tells those that watch of an election at once', async () => {
    const client = await connect(set.uri, { ...WAIT, heartbeatFrequencyMS: 100_000 });
    try {
      const seen = new Promise<unknown>((resolve) =>
        client.on('serverDescriptionChanged', ({ address, newDescription: { type } }) => {
          if (type === 'RSPrimary') resolve(address);
        }),
      );
      // The watching begins with the second question: the first has found the primary of now.
      while (set.members[1]?.commands.every(({ command }) => command.topologyVersion === undefined)) await turn();
      set.elect(1);
      expect(await seen).toBe(`127.0.0.1:${set.members[1]?.port}`);
    } finally {
      await client.close();
    }
  });

  it('serves on when a member is gone', async () => {
    await set.members[2]?.stop();
    await withUsers(set.uri, async (users) => void (await users.insertOne({ _id: 2 })));
  });

  it('does a write once whose answer was lost and which the driver repeats', async () => {
    set.members[0]?.inject({ kind: 'drop', at: 'reply', command: 'insert' });
    await withUsers(set.uri, async (users) => void (await users.insertOne({ _id: 2 })));
    expect(set.members[0]?.commands.filter(({ name }) => name === 'insert')).toHaveLength(2);
    expect(set.documentsOf('legacy.users')).toEqual([{ _id: 1 }, { _id: 2 }]);
  });
});

// Driver 3.7 does not even ask.
describe.each(DRIVERS_OF_TODAY)('a secondary and driver $version', ({ connect }) => {
  it('takes no write', async () => {
    const client = await connect(at(1, 'directConnection=true'));
    const error = await client
      .db()
      .collection('users')
      .insertOne({})
      .catch((reason) => reason);
    await client.close();
    expect(error).toMatchObject({ code: 10107, codeName: 'NotWritablePrimary' });
  });
});

import type { Collection, MongoClient } from 'mongodb-6';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DRIVERS } from './drivers.ts';
import { startMongodb } from './start-mongodb.ts';
import { startMongodbDouble } from './start-mongodb-double.ts';

// Runs on the double, and on the real server that MONGODB_URL names: so it keeps to what both know.
const server = await startMongodb();
const DATABASE = `userferry_${process.pid}`;
type User = { _id: number; email?: string; age?: number; tags?: string[]; address?: { city: string } };
const ADA: User = { _id: 1, email: 'ada@example.com', age: 36, tags: ['a', 'b'], address: { city: 'London' } };
const BOB: User = { _id: 2, email: 'bob@example.com', tags: [] };
afterAll(() => server.stop());

const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('it was to fail'),
    (error) => error,
  );

describe.each(DRIVERS)(
  `driver $version, ${server.description}`,
  ({ connect, values: { Binary, Decimal128, Long, ObjectId } }) => {
    let client: MongoClient;
    let users: Collection<User>;
    beforeEach(async () => {
      client = await connect(server.uriOf(DATABASE));
      users = client.db().collection<User>('users');
      await users.deleteMany({});
      await users.createIndex({ email: 1 }, { unique: true });
      await users.insertMany([ADA, BOB]);
    });
    afterEach(async () => {
      await client.db().dropDatabase();
      await client.close();
    });

    it('finds one, many and none', async () => {
      expect(await users.findOne({ email: 'ada@example.com' })).toEqual(ADA);
      expect(await users.findOne({ email: 'nobody' })).toBeNull();
      expect(await users.find({}).sort({ _id: -1 }).toArray()).toEqual([BOB, ADA]);
      expect(await users.find({}).sort({ _id: 1 }).skip(1).limit(1).toArray()).toEqual([BOB]);
      expect(await users.find({}, { projection: { _id: 0, email: 1 } }).toArray()).toHaveLength(2);
    });

    it('tells what an insert, an update and a delete did', async () => {
      expect((await users.insertOne({ _id: 3, email: 'c' })).insertedId).toBe(3);
      const updated = await users.updateMany({ _id: { $in: [1, 2] } }, { $set: { age: 36 } });
      expect([updated.matchedCount, updated.modifiedCount]).toEqual([2, 1]);
      const upserted = await users.updateOne({ _id: 9 }, { $set: { email: 'nine' } }, { upsert: true });
      expect([upserted.matchedCount, upserted.upsertedCount]).toEqual([0, 1]);
      expect((await users.replaceOne({ _id: 9 }, { email: 'ten' })).modifiedCount).toBe(1);
      expect(await users.findOne({ _id: 9 })).toEqual({ _id: 9, email: 'ten' });
      expect((await users.deleteOne({ _id: 9 })).deletedCount).toBe(1);
      expect((await users.deleteMany({})).deletedCount).toBe(3);
    });

    it('refuses what a unique index has already, and goes on or stops as it is told', async () => {
      const error = await rejection(users.insertOne({ _id: 3, email: 'ada@example.com' }));
      expect(error).toMatchObject({
        code: 11000,
        message: `E11000 duplicate key error collection: ${DATABASE}.users index: email_1 dup key: { email: "ada@example.com" }`,
        keyPattern: { email: 1 },
        keyValue: { email: 'ada@example.com' },
      });
      const many: User[] = [
        { _id: 4, email: 'd' },
        { _id: 1, email: 'e' },
        { _id: 5, email: 'f' },
      ];
      expect(await rejection(users.insertMany(many))).toMatchObject({ code: 11000 });
      expect(await users.countDocuments({})).toBe(3);
      expect(await rejection(users.updateOne({ _id: 2 }, { $set: { email: 'ada@example.com' } }))).toMatchObject({
        code: 11000,
      });
      await users.deleteOne({ _id: 4 });
      await rejection(users.insertMany(many, { ordered: false }));
      expect(await users.distinct('_id')).toEqual([1, 2, 4, 5]);
    });

    it('finds, changes and gives a document in one step', async () => {
      const metadata = { includeResultMetadata: true } as const;
      const before = await users.findOneAndUpdate({ _id: 1 }, { $inc: { age: 1 } }, metadata);
      expect(before).toMatchObject({ value: { age: 36 }, lastErrorObject: { n: 1, updatedExisting: true }, ok: 1 });
      const none = await users.findOneAndUpdate({ _id: 99 }, { $inc: { age: 1 } }, metadata);
      expect(none).toMatchObject({ value: null, lastErrorObject: { n: 0, updatedExisting: false } });
      const removed = await users.findOneAndDelete({ tags: 'a' }, metadata);
      expect(removed).toMatchObject({ value: { age: 37 } });
      expect(await users.countDocuments({})).toBe(1);
    });

    it('fetches a large result in batches, and says when it is over', async () => {
      await users.deleteMany({});
      await users.insertMany(Array.from({ length: 1234 }, (_, _id) => ({ _id, email: String(_id) })));
      const ids = (await users.find({}).sort({ _id: 1 }).batchSize(100).toArray()).map(({ _id }) => _id);
      expect(ids).toEqual(Array.from({ length: 1234 }, (_, id) => id));
      expect(await users.countDocuments({ _id: { $gte: 1000 } })).toBe(234);
      expect(await users.estimatedDocumentCount()).toBe(1234);
    });

    it('groups and counts', async () => {
      const totals = await users
        .aggregate([{ $match: {} }, { $group: { _id: '$address.city', n: { $sum: 1 } } }, { $sort: { n: -1, _id: 1 } }])
        .toArray();
      expect(totals).toEqual([
        { _id: null, n: 1 },
        { _id: 'London', n: 1 },
      ]);
      expect(await users.distinct('tags')).toEqual(['a', 'b']);
    });

    it('keeps every kind of value', async () => {
      const values = client.db().collection('values');
      const document = {
        _id: new ObjectId('5f0000000000000000000001'),
        text: 'h\u00e9 \ud83d\ude00',
        date: new Date(5),
        nothing: null,
        list: [1, 2.5, { deep: true }],
        long: Long.fromString('9007199254740993'),
        decimal: Decimal128.fromString('1.50'),
        bytes: new Binary(Buffer.from([0, 255])),
        pattern: /a.c/i,
      };
      await values.insertOne(document);
      const found = await values.findOne({ pattern: /a.c/i });
      expect(JSON.stringify(found)).toBe(JSON.stringify({ ...document, long: found?.long }));
      expect([String(found?.long), found?.pattern, found?.date]).toEqual(['9007199254740993', /a.c/i, new Date(5)]);
    });

    it('lists and drops collections and indexes', async () => {
      const indexes = await users.listIndexes().toArray();
      expect(indexes.map(({ name, unique }) => [name, unique])).toEqual([
        ['_id_', undefined],
        ['email_1', true],
      ]);
      await users.dropIndex('email_1');
      expect(await rejection(users.dropIndex('email_1'))).toMatchObject({ code: 27, codeName: 'IndexNotFound' });
      const names = async () => (await client.db().listCollections().toArray()).map(({ name }) => name);
      expect(await names()).toEqual(['users']);
      await users.drop();
      expect(await names()).toEqual([]);
    });

    it('tells of commands and operators that there are not', async () => {
      expect(await rejection(client.db().command({ nonsense: 1 }))).toMatchObject({
        code: 59,
        codeName: 'CommandNotFound',
        message: "no such command: 'nonsense'",
      });
      expect(await rejection(users.findOne({ age: { $nonsense: 1 } } as never))).toMatchObject({ code: 2 });
      expect(await client.db().command({ ping: 1 })).toMatchObject({ ok: 1 });
      expect((await client.db().command({ buildInfo: 1 })).maxBsonObjectSize).toBe(16_777_216);
    });
  },
);

describe.each(DRIVERS)('the double and driver $version', ({ version, connect }) => {
  it('speak compressed where both want to', async () => {
    await using double = await startMongodbDouble({ compressors: ['zlib'] });
    const client = await connect(`${double.uri}?compressors=zlib`);
    await client
      .db()
      .collection('users')
      .insertMany(Array.from({ length: 300 }, () => ({ text: 'x'.repeat(1000) })));
    expect(await client.db().collection('users').find({}).toArray()).toHaveLength(300);
    await client.close();
    const asked = double.ownCommands().map(({ name, compressed }) => `${name} ${compressed}`);
    expect(new Set(asked)).toEqual(new Set(['insert true', 'find true', 'getMore true']));
    expect(double.openCursors()).toBe(0);
  });

  it('do not find each other where the server is too old', async () => {
    await using double = await startMongodbDouble({ wireVersions: { least: 0, greatest: 5 } });
    const opening = connect(double.uri, { serverSelectionTimeoutMS: 300 });
    if (version.startsWith('3')) await (await opening).close();
    else await expect(opening).rejects.toThrow(/reports maximum wire version 5, but this version .* requires at least/);
  });

  it('write without waiting for an answer where the client wants none', async () => {
    await using double = await startMongodbDouble();
    const client = await connect(`${double.uri}?w=0`);
    await client.db().collection('users').insertOne({ a: 1 });
    expect(await client.db().collection('users').findOne({})).toMatchObject({ a: 1 });
    await client.close();
  });
});

/** `mongodb` and a server: scripts of today side by side with plain Node, those of the 3.6 days with driver 3.7. */
import { startMongodb } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

const server = await startMongodb();
let host: TestHost;
beforeAll(async () => {
  host = await startHost();
});
afterAll(async () => {
  await host?.stop();
  await server.stop();
});

const env = () => ({ URI: server.uriOf('userferry_test') });
const { expectSame, sameResult } = createSideBySide(() => host, env, { 'mongodb@7': 'mongodb-7' });
const { expectSame: expectSameAsOld } = createSideBySide(() => host, env, {
  mongodb: 'mongodb-3',
  'mongodb@3': 'mongodb-3',
});

/** A body for scripts of today; `users` is empty at its beginning and has a unique index on `email`. */
const today = (body: string, driver = 'mongodb'): string => `
  const m = require('${driver}'); const { MongoClient, ObjectId } = m; const client = new MongoClient(env.URI);
  try { const users = client.db().collection('today'); await users.deleteMany({}); await users.createIndex({ email: 1 }, { unique: true });
    ${body} } finally { await client.close() }`;
const ID = `new ObjectId('5f0000000000000000000001')`;

/** A body for scripts of the 3.6 days, in callbacks: \`out\` collects what they see. */
const callbacks = (driver: string, body: string): string => `
  const { MongoClient, ObjectID } = require('${driver}'); const plain = (x) => JSON.parse(JSON.stringify(x === undefined ? null : x)); const out = [];
  return new Promise((resolve, reject) => MongoClient.connect(env.URI, { useNewUrlParser: true, useUnifiedTopology: true, poolSize: 5 }, (failed, client) => {
    if (failed) return reject(failed);
    const users = client.db().collection('old');
    const end = () => client.close((e) => resolve([...out, e == null]));
    users.remove({}, (e0) => users.ensureIndex({ email: 1 }, { unique: true }, (e1) => { if (e0 || e1) return reject(e0 || e1); ${body} }));
  }))`;

describe(`mongodb against a server, ${server.description}`, () => {
  describe.each(['mongodb', 'mongodb@7'])('%s gives what it gives in plain Node', (driver) => {
    it('inserts, updates, deletes and their results', () =>
      expectSame(
        today(
          `return [show(await users.insertOne({ _id: ${ID}, email: 'a' })), show(await users.insertMany([{ _id: 2, email: 'b' }, { _id: 3, email: 'c' }])),
            show(await users.updateOne({ email: 'a' }, { $set: { n: 1 } })), show(await users.updateMany({}, { $inc: { n: 1 } })), show(await users.replaceOne({ _id: 2 }, { email: 'z' })),
            show(await users.deleteOne({ _id: 3 })), show(await users.deleteMany({ email: 'nobody' })), show(await users.find({}).sort({ email: 1 }).toArray())]`,
          driver,
        ),
      ));

    it('findOneAnd… with and without metadata, found and not', () =>
      expectSame(
        today(
          `await users.insertOne({ _id: ${ID}, email: 'a', value: 'own' }); const seen = [];
          for (const options of [{}, { returnDocument: 'after' }, { includeResultMetadata: true }]) for (const email of ['a', 'nobody'])
            { const r = await users.findOneAndUpdate({ email }, { $set: { n: seen.length } }, options); seen.push(show(r), r !== null && Object.keys(r)) }
          seen.push(show(await users.findOneAndDelete({ email: 'nobody' })), show(await users.findOneAndDelete({ email: 'a' }))); return seen`,
          driver,
        ),
      ));

    it('every kind of value, there and back', () =>
      expectSame(
        today(
          `await users.insertOne({ _id: ${ID}, a: 1, b: 1.5, c: 'h\\u00e9 \\ud83d\\ude00', d: new Date(5), e: null, f: [1, { g: true }], h: m.Decimal128.fromString('1.50'),
            i: m.Long.fromString('9007199254740993'), j: new m.Binary(Buffer.from('xyz')), k: Buffer.from('raw'), l: new m.UUID('00112233-4455-6677-8899-aabbccddeeff'), m: -5 });
          const found = await users.findOne({}); return [show(found), Buffer.isBuffer(found.k.buffer), found.k.toString('hex'), String(found.l), JSON.stringify(found)]`,
          driver,
        ),
      ));

    it('results in many batches, by toArray, iteration, next and stream', async () => {
      const result = (await sameResult(
        today(
          `await users.insertMany(Array.from({ length: 250 }, (_, i) => ({ _id: i, email: String(i), text: 'x'.repeat(2000) }))); const seen = [];
          seen.push((await users.find({}).sort({ _id: 1 }).batchSize(20).toArray()).map((d) => d._id)); let n = 0;
          for await (const d of users.find({}).batchSize(7)) n += d.text.length; seen.push(n);
          const cursor = users.find({}).batchSize(3); await cursor.next(); await cursor.next(); seen.push(await cursor.hasNext()); await cursor.close();
          let streamed = 0; for await (const d of users.find({}).stream()) streamed++; seen.push(streamed, await users.countDocuments({})); return seen`,
          driver,
        ),
      )) as unknown[];
      expect(result.slice(1)).toEqual([500_000, true, 250, 250]);
    });

    it('errors of the server', () =>
      expectSame(
        today(
          `await users.insertOne({ email: 'a' }); const say = async (f) => { try { return await f() } catch (e) { return [e.name, e.code, e.message, e.codeName, Object.keys(e), e instanceof m.MongoServerError, e instanceof m.MongoError] } };
          return [await say(() => users.insertOne({ email: 'a' })), await say(() => client.db().command({ nonsense: 1 })), (await say(() => users.insertMany([{ email: 'q' }, { email: 'a' }])))[0]]`,
          driver,
        ),
      ));
  });

  describe.each(['mongodb', 'mongodb@3'])('a script of the 3.6 days with %s gets what driver 3.7 gave', (driver) => {
    it('insert, insertOne, save and a duplicate key', () =>
      expectSameAsOld(
        callbacks(
          driver,
          `users.insert({ _id: ObjectID('5f0000000000000000000001'), email: 'a' }, (e2, r2) => {
          out.push(e2, r2.result.n, r2.result.ok, plain(r2.ops), plain(r2.insertedIds), r2.insertedCount);
          users.insertOne({ _id: ObjectID('5f0000000000000000000002'), email: 'b' }, { w: 1 }, (e3, r3) => {
            out.push(e3, plain(r3.ops), plain(r3.insertedId), r3.insertedCount, r3.result.n);
            users.insertOne({ email: 'b' }, (e4, r4) => { out.push(e4.name, e4.code, e4.message, plain(r4));
              users.save({ _id: ObjectID('5f0000000000000000000002'), email: 'b2' }, (e5, r5) => { out.push(e5, r5.result.n); end() }) }) }) })`,
        ),
      ));

    it('update, remove, upsert and counts', () =>
      expectSameAsOld(
        callbacks(
          driver,
          `users.insert([{ _id: 1, email: 'a' }, { _id: 2, email: 'b' }], () => users.update({ email: 'a' }, { $set: { x: 1 } }, (e2, r2) => {
          out.push(e2, r2.result.n, r2.result.nModified); users.update({}, { $set: { y: 1 } }, { multi: true }, (e3, r3) => { out.push(r3.result.n);
          users.updateOne({ email: 'new' }, { $set: { y: 1 } }, { upsert: true }, (e4, r4) => { out.push(r4.upsertedCount, r4.upsertedId.index, String(r4.upsertedId._id).length, r4.result.n, r4.matchedCount, r4.modifiedCount);
          users.count({ y: 1 }, (e5, n) => { out.push(n); users.find({}).limit(1).count((e6, limited) => { out.push(limited);
          users.remove({ email: 'a' }, { single: true }, (e7, r7) => { out.push(r7.result.n); users.deleteMany({}, (e8, r8) => { out.push(r8.deletedCount, r8.result.n); end() }) }) }) }) }) }) }))`,
        ),
      ));

    it('findOneAnd…, findAndModify, found and not', () =>
      expectSameAsOld(
        callbacks(
          driver,
          `users.insert({ _id: 1, email: 'a', n: 1 }, () => users.findOneAndUpdate({ email: 'a' }, { $set: { n: 2 } }, { returnOriginal: false }, (e2, r2) => {
          out.push(e2, r2.value, r2.ok, r2.lastErrorObject.updatedExisting); users.findOneAndUpdate({ email: 'nobody' }, { $set: { n: 2 } }, (e3, r3) => { out.push(r3.value, r3.ok);
          users.findAndModify({ email: 'a' }, [['email', 1]], { $set: { n: 3 } }, { new: true }, (e4, r4) => { out.push(e4, r4.value);
          users.findOneAndDelete({ email: 'a' }, (e5, r5) => { out.push(r5.value); end() }) }) }) }))`,
        ),
      ));

    it('find, each, forEach, fields', () =>
      expectSameAsOld(
        callbacks(
          driver,
          `users.insert([{ _id: 1, email: 'a' }, { _id: 2, email: 'b' }], () => users.find({}, { fields: { email: 1, _id: 0 } }).sort({ email: -1 }).toArray((e2, docs) => {
          out.push(e2, docs); users.findOne({ email: 'zzz' }, (e3, none) => { out.push(e3, none); users.findOne({ email: 'a' }, { fields: { _id: 0 } }, (e4, one) => { out.push(one); const seen = [];
          users.find({}).sort({ _id: 1 }).each((e5, d) => { if (d) return void seen.push(d._id); users.find({}).sort({ _id: 1 }).forEach((x) => seen.push(x._id), (e6) => { out.push(seen, e6 == null); end() }) }) }) }) }))`,
        ),
      ));

    it('promises', () =>
      expectSameAsOld(`const { MongoClient } = require('${driver}'); const client = await MongoClient.connect(env.URI, { useNewUrlParser: true });
        try { const users = client.db().collection('old'); await users.remove({}); const inserted = await users.insertOne({ _id: 1, email: 'a' });
          const found = await users.findOneAndUpdate({ email: 'a' }, { $set: { n: 1 } }); const none = await users.findOneAndUpdate({ email: 'nobody' }, { $set: { n: 1 } });
          return [client.isConnected(), inserted.ops, inserted.result.n, found.value, found.ok, none.value, none.ok, await users.find().toArray()] } finally { await client.close() }`));
  });

  describe('after a run', () => {
    const tellingIsolate = (body: string): string => `async function login() {
      const client = await require('mongodb').MongoClient.connect(env.URI, { heartbeatFrequencyMS: 500 });
      await client.db().collection('today').findOne({}); ${body} return performance.timeOrigin }`;
    const twice = async (source: string): Promise<unknown[]> => {
      const runs = [await host.run(source, { env: env() }), await host.run(source, { env: env() })];
      return runs.map(({ resultJson }) => resultJson);
    };
    it('that closed its client the isolate serves the next', async () => {
      const [one, other] = await twice(tellingIsolate('await client.close();'));
      expect(other).toBe(one);
    });

    it('that forgot to, the run has ended all the same and the isolate is given up', async () => {
      const [one, other] = await twice(tellingIsolate(''));
      expect(other).not.toBe(one);
    });
  });
});

/** Results of MongoDB that are larger than a script's memory: they come as fast as they are read. */
import { type MongodbDouble, startMongodbDouble } from '@userferry/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSideBySide } from './testing/side-by-side.ts';
import { startHost, type TestHost } from './testing/start-host.ts';

const MIB = 1024 * 1024;
const MEMORY_BYTES = 80 * MIB;
const COUNT = 9000;
const SOME = 1000;
const TEXT_BYTES = 10_000;

let host: TestHost;
let double: MongodbDouble;
beforeAll(async () => {
  host = await startHost();
  const text = 'x'.repeat(TEXT_BYTES);
  const many = Array.from({ length: COUNT }, (_, _id) => ({ _id, text }));
  double = await startMongodbDouble({ collections: { 'legacy.many': many, 'legacy.some': many.slice(0, SOME) } });
});
afterAll(async () => {
  await host?.stop();
  await double?.stop();
});

const env = () => ({ URI: double.uri });
const { sameResult } = createSideBySide(() => host, env, { 'mongodb@7': 'mongodb-7' });
const open = (
  driver: string,
  body: string,
): string => `const { MongoClient } = require('${driver}'); const client = await MongoClient.connect(env.URI);
  try { const many = client.db().collection('many'); const some = client.db().collection('some'); ${body} } finally { await client.close() }`;

describe.each(['mongodb', 'mongodb@7'])('%s', { timeout: 180_000 }, (driver) => {
  const run = (body: string) =>
    host.run(`async function login() { ${open(driver, body)} }`, {
      env: env(),
      timeoutMs: 100_000,
      memoryLimitBytes: MEMORY_BYTES,
    });

  it('reads more than the memory holds, batch by batch', async () => {
    expect(COUNT * TEXT_BYTES).toBeGreaterThan(MEMORY_BYTES);
    const result = await run('let n = 0; for await (const { text } of many.find({})) n += text.length; return n');
    expect(result).toMatchObject({ outcome: 'completed', resultJson: String(COUNT * TEXT_BYTES) });
  });

  it('reads as a stream into what takes its time', async () => {
    const result =
      await run(`const { Writable } = require('stream'); const { pipeline } = require('stream/promises'); let n = 0;
      const slow = new Writable({ objectMode: true, highWaterMark: 4, write(document, _, done) { n += document.text.length; setImmediate(done) } });
      await pipeline(some.find({}, { batchSize: 200 }).stream(), slow); return n`);
    expect(result).toMatchObject({ outcome: 'completed', resultJson: String(SOME * TEXT_BYTES) });
  });

  it('may not keep all of it', async () => {
    const { outcome } = await run('return (await many.find({}).toArray()).length');
    expect(outcome).toBe('out_of_memory');
  });

  it('asks for a next batch only when the one before is read, as in plain Node', async () => {
    const asked: number[] = [];
    const count = () => asked.push(double.commands.filter(({ name }) => name === 'getMore').length);
    count();
    const body = `const stream = some.find({}).batchSize(100).stream(); let n = 0;
      await new Promise((resolve, reject) => stream.on('error', reject).on('data', () => { n++; if (n === 150) { stream.pause(); setTimeout(resolve, 300) } })); return n`;
    expect(await sameResult(open(driver, body), { beforeIsolate: count })).toBe(150);
    count();
    const [before = 0, between = 0, after = 0] = asked;
    expect(after - between).toBe(between - before);
    expect(after - between).toBeLessThan(4);
  });

  it('closes its cursor at the server when it leaves a result half read', async () => {
    const body = 'for await (const { _id } of some.find({}).batchSize(10)) if (_id === 25) return _id';
    expect(await sameResult(open(driver, body))).toBe(25);
    const last = double.commands.findLast(({ name }) => name !== 'hello');
    expect(last?.name).toMatch(/killCursors|endSessions/);
  });

  it('sends many and large documents', async () => {
    const body = `const own = client.db().collection('own'); await own.deleteMany({}); const text = '\\u00e9'.repeat(50000);
      const { insertedCount } = await own.insertMany(Array.from({ length: 40 }, (_, i) => ({ _id: i, text }))); const last = await own.findOne({ _id: 39 }); return [insertedCount, last.text === text]`;
    expect(await sameResult(open(driver, body), { memoryLimitBytes: 128 * MIB })).toEqual([40, true]);
  });
});

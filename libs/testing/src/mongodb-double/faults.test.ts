import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from './double-options.ts';
import { DRIVERS } from './drivers.ts';
import { type MongodbDouble, startMongodbDouble } from './start-mongodb-double.ts';

let double: MongodbDouble;
beforeEach(async () => {
  double = await startMongodbDouble({ collections: { 'legacy.users': [{ _id: 1 }] } });
});
afterEach(() => double.stop());

describe.each(DRIVERS)('faults and driver $version', ({ version, connect }) => {
  const ask = async (fault: Fault, options = {}) => {
    double.inject(fault);
    const client = await connect(double.uri, { retryReads: false, serverSelectionTimeoutMS: 1000, ...options });
    try {
      return await client.db().collection('users').findOne({});
    } catch (error) {
      return (error as Error).name;
    } finally {
      await client.close();
    }
  };

  it.each(['request', 'reply', 'mid-reply'] as const)('the connection ends at the %s', async (at) => {
    expect(await ask({ kind: 'drop', at })).toBe('MongoNetworkError');
    expect(await ask({ kind: 'drop', at, reset: true })).toBe('MongoNetworkError');
    expect(await ask({ kind: 'drop', at, nth: 2 })).toEqual({ _id: 1 });
  });

  it('a silent server is waited for until the client gives up', async () => {
    const name = await ask({ kind: 'silence' }, { socketTimeoutMS: 200 });
    expect(name).toMatch(/^MongoNetwork(Timeout)?Error$/);
  });

  it('a slow server is waited for', async () => {
    expect(await ask({ kind: 'delay', delayMs: 100 })).toEqual({ _id: 1 });
  });

  it('an answer in pieces is an answer', async () => {
    expect(await ask({ kind: 'pieces', bytes: 3 })).toEqual({ _id: 1 });
    expect(await ask({ kind: 'pieces', bytes: 1, command: 'hello' })).toEqual({ _id: 1 });
  });

  it('an error is the server’s own', async () => {
    const name = await ask({ kind: 'error', code: 8, message: 'unknown', command: 'find' });
    expect(name).toBe(version.startsWith('3') ? 'MongoError' : 'MongoServerError');
  });

  it('a server that does not greet is no server', async () => {
    double.inject({ kind: 'silence', command: 'hello', times: 100 });
    await expect(connect(double.uri, { serverSelectionTimeoutMS: 300, connectTimeoutMS: 100 })).rejects.toMatchObject({
      name: 'MongoServerSelectionError',
    });
  });

  it('a server of another protocol is no server', async () => {
    double.inject({ kind: 'garbage', command: 'hello', times: 100 });
    await expect(connect(double.uri, { serverSelectionTimeoutMS: 300, connectTimeoutMS: 100 })).rejects.toMatchObject({
      name: 'MongoServerSelectionError',
    });
  });

  it('a command that may take so long ends when it does', async () => {
    double.inject({ kind: 'delay', delayMs: 10_000, command: 'find' });
    const client = await connect(double.uri);
    const error = await client
      .db()
      .collection('users')
      .find({})
      .maxTimeMS(50)
      .toArray()
      .catch((reason) => reason);
    await client.close();
    expect(error).toMatchObject({ code: 50, codeName: 'MaxTimeMSExpired' });
  });

  it('a server that stops leaves nothing open', async () => {
    const client = await connect(double.uri);
    expect(double.openConnections()).toBeGreaterThan(0);
    await double.stop();
    expect(double.openConnections()).toBe(0);
    await client.close();
  });
});

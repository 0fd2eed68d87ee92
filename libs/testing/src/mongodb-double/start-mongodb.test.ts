import { describe, expect, it } from 'vitest';
import { startMongodb } from './start-mongodb.ts';

describe('the server for a suite', () => {
  it('without MONGODB_URL it is the double, and says so', async () => {
    await using server = await startMongodb('');
    expect(server.kind).toBe('double');
    expect(server.description).toMatch(/double.*MONGODB_URL is not set/);
    expect(server.uriOf('other')).toMatch(/^mongodb:\/\/legacy_login:[^@]+@127\.0\.0\.1:\d+\/other\?authSource=admin$/);
  });

  it.each([
    [
      'mongodb://u:p%40ss@db.example.com:27018/?replicaSet=rs',
      'mongodb://u:p%40ss@db.example.com:27018/x?replicaSet=rs&authSource=admin',
    ],
    ['mongodb://u:p@a:1,b:2/people', 'mongodb://u:p@a:1,b:2/x?authSource=people'],
    ['mongodb+srv://u:p@c.example.com/?authSource=q', 'mongodb+srv://u:p@c.example.com/x?authSource=q'],
    ['mongodb://db.example.com', 'mongodb://db.example.com/x'],
  ])('with MONGODB_URL %s it is that server, for any database', async (url, expected) => {
    await using server = await startMongodb(url);
    expect(server.kind).toBe('real');
    expect(server.uriOf('x')).toBe(expected);
    expect(server.description).toMatch(/^MongoDB at [a-z.:0-9,]+ \(MONGODB_URL\)$/);
  });

  it.each(['not a url', 'postgres://u:hunter2@h/d', 'mongodb://'])('%s is refused without being shown', async (url) => {
    await expect(startMongodb(url)).rejects.toThrow(/^MONGODB_URL must be mongodb:\/\/user:password@host:port\/$/);
  });
});

import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { hasMariadb, startMariadb } from './mariadb.ts';

/** The first bytes of the server's greeting: protocol 10 and a version text. */
async function greeting(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return bytes.subarray(5, bytes.indexOf(0, 5)).toString();
}

describe.skipIf(!hasMariadb())('a temporary MariaDB', () => {
  it('answers as MariaDB on its loopback port, also after a pause and a crash', async () => {
    await using server = await startMariadb({ tls: true, statements: ['CREATE DATABASE legacy'] });
    expect(await greeting(server.port)).toContain('MariaDB');
    await server.pause();
    await expect(greeting(server.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.resume();
    await server.kill();
    await server.resume();
    expect(await greeting(server.port)).toContain('MariaDB');
    expect(server.caCertificate).toContain('BEGIN CERTIFICATE');
  });

  it('refuses a statement that goes over two lines, and leaves nothing behind', async () => {
    await expect(startMariadb({ statements: ['SELECT 1', 'SELECT\n2'] })).rejects.toThrow('statement 2 goes over');
  });

  it('leaves no process behind when it is stopped', async () => {
    const server = await startMariadb();
    const { pid } = server;
    await server.stop();
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });
});

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { platform } from 'node:process';
import { expect, it } from 'vitest';
import { findFreePort } from './free-port.ts';

const dial = (port: number) => {
  const socket = connect(port, '127.0.0.1');
  return once(socket, 'connect').then(
    () => socket.destroy() && 'connected',
    (error: NodeJS.ErrnoException) => error.code,
  );
};

/** What the kernel says of a port: established is 01. */
const isHeld = (port: number): boolean => {
  const held = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .some((line) => line.includes(`: ${held}`) && / 01 /.test(line));
};

it('a free port refuses until a server that knows its number listens there, and again when that is gone', async () => {
  const port = await findFreePort();
  for (let life = 0; life < 2; life += 1) {
    expect(await dial(port)).toBe('ECONNREFUSED');
    const server = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
    await once(server, 'listening');
    expect(await dial(port)).toBe('connected');
    server.close();
    await once(server, 'close');
  }
});

it.runIf(platform === 'linux')('a free port is held, so that the kernel gives it to nobody else', async () => {
  const ports = await Promise.all(Array.from({ length: 10 }, findFreePort));
  expect(new Set(ports).size).toBe(10);
  expect(ports.filter(isHeld)).toEqual(ports);
});

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { holdRefusingPort } from './refusing-port.ts';

it('a refusing port refuses, and nobody else gets it', async () => {
  await using held = await holdRefusingPort();
  const socket = connect(held.port, '127.0.0.1');
  await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  const server = createServer().listen(held.port, '127.0.0.1');
  await expect(once(server, 'listening')).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

/** Connections that end as soon as they begin: their end must reach the script, however early it comes. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox.ts';
import { REAL_RUNTIME, runOf, startTestSandbox, temporaryFolder } from './testing/test-sandbox.ts';

const folder = temporaryFolder();
let sandbox: Sandbox;
beforeAll(async () => {
  const egress = { allow: [{ host: '127.0.0.1', port: '*' as const }] };
  sandbox = await startTestSandbox({ runtimeFolder: REAL_RUNTIME, stateFolder: folder.path, egress });
});
afterAll(async () => {
  await sandbox?.close();
  folder.remove();
});

const CONNECTIONS = 400;
/** How each connection ended: the code of its error, or `end`. */
const SOURCE = `const net = require('net');
const one = (port) => new Promise((resolve) => {
  const socket = net.connect({ port, host: '127.0.0.1' });
  let how = 'nothing';
  socket.on('end', () => { how = 'end'; });
  socket.on('error', (error) => { how = error.code; });
  socket.on('close', () => resolve(how));
  socket.resume();
});
async function work(port) {
  const seen = {};
  for (let n = 0; n < ${CONNECTIONS}; n += 1) { const how = await one(port); seen[how] = (seen[how] ?? 0) + 1; }
  return seen;
}`;

it.each([
  ['reset', 'ECONNRESET', (socket: Socket) => socket.resetAndDestroy()],
  ['ended', 'end', (socket: Socket) => socket.end()],
])('a server that accepts and has %s: every connection says so', async (_, how, close) => {
  const server = createServer((socket) => void close(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const request = runOf(SOURCE, { argsJson: JSON.stringify([port]), timeoutMs: 30_000 });
  const result = await sandbox.run(request).finally(() => server.close());
  expect(result).toMatchObject({ outcome: 'completed', resultJson: JSON.stringify({ [how]: CONNECTIONS }) });
});

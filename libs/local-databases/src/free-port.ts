import { once } from 'node:events';
import { createServer } from 'node:net';

/** A loopback TCP port that nobody listens on at this moment. Another process may take it: be ready to try again. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free loopback port');
  return address.port;
}

/**
 * Launches on the port `wanted`, where 0 means any free one: a port that was taken between finding and using it, told
 * by `taken` in the error, is replaced by another.
 */
export async function launchOnFreePort<Server>(
  launch: (port: number) => Promise<Server>,
  wanted: number,
  taken: RegExp,
): Promise<{ server: Server; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = wanted === 0 ? await findFreePort() : wanted;
    try {
      return { server: await launch(port), port };
    } catch (error) {
      if (wanted !== 0 || attempt === 5 || !taken.test(String(error))) throw error;
    }
  }
}

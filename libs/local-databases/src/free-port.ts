import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';

const HOST = '127.0.0.1';

/**
 * A loopback TCP port that nobody listens on, for a server that is told its number, or to be refused. Where the kernel knows
 * how, nobody else is given it while this process lives: a connection of ours has it as its own end, beside which a server may
 * listen. Elsewhere another process may take it: be ready to try again.
 */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = await unusedPort();
    if (await hold(port)) return port;
  }
}

async function unusedPort(): Promise<number> {
  const server = await listen(0);
  const { port } = server.address() as AddressInfo;
  await close(server);
  return port;
}

/** Answers false where somebody was quicker. */
async function hold(port: number): Promise<boolean> {
  anchor ??= startAnchor();
  const holder = connect({ host: HOST, port: await anchor, localAddress: HOST, localPort: port });
  try {
    await once(holder, 'connect');
  } catch {
    return false;
  }
  holder.unref();
  const server = await listen(port).catch(() => undefined);
  if (server === undefined) holder.destroy();
  else await close(server);
  return true;
}

/** The port on which the connections that hold the others end. */
let anchor: Promise<number> | undefined;

async function startAnchor(): Promise<number> {
  const server = await listen(0);
  server.on('connection', (socket) => socket.resume().unref()).unref();
  return (server.address() as AddressInfo).port;
}

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, HOST);
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
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

/**
 * Two places on one port: `127.0.0.2`, which the deployment opens and which stands for all that is public, and the
 * loopback, where a server counts whoever gets through.
 */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer, isIP, type Server, type Socket } from 'node:net';
import type { RunResult } from '@userferry/script-contract';
import { expect } from 'vitest';
import type { RunRequest, Sandbox } from '../../../sandbox.ts';
import { type NameSource, systemNames } from '../egress/name-source.ts';
import { type LogEntry, REAL_RUNTIME, readableLog, runOf, startTestSandbox, temporaryFolder } from './test-sandbox.ts';

export const OPEN = '127.0.0.2';

/** Addresses of names; a list of lists is answered one after the other, the last of them for ever. */
export type SceneNames = Readonly<Record<string, readonly string[] | readonly (readonly string[])[]>>;

export type EgressScene = {
  readonly port: number;
  readonly sandbox: Sandbox;
  readonly log: LogEntry[];
  /** Requests that the open server saw: method and path. */
  readonly seen: string[];
  /** Connections that the loopback saw since the last look. */
  intruders(): number;
  run(source: string, given?: Partial<RunRequest>): Promise<RunResult>;
  /** Runs the body of an asynchronous function: it must end as denied by the rule, with nobody having got through. */
  expectDenied(body: string, rule: string): Promise<RunResult>;
  stop(): Promise<void>;
};

const listening = async (server: Server, host: string, port = 0): Promise<number> => {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return (server.address() as AddressInfo).port;
};

/** `/to?URL` redirects there with the status of `/to/307?URL`. */
const answer = (seen: string[]) => (request: IncomingMessage, response: ServerResponse) => {
  const url = request.url ?? '';
  seen.push(`${request.method} ${url.split('?')[0]}`);
  const [, status = '302', location] = /^\/to(?:\/(\d+))?\?(.*)$/.exec(url) ?? [];
  if (location === undefined) response.end('open');
  else response.writeHead(Number(status), { location: decodeURIComponent(location) }).end();
};

const createSceneNames = (names: () => SceneNames): NameSource & { readonly asked: string[] } => {
  const system = systemNames();
  const asked: string[] = [];
  const turns = new Map<string, number>();
  const found = (name: string): readonly string[] | undefined => {
    asked.push(name);
    const all = names()[name];
    if (all === undefined || !Array.isArray(all[0])) return all as readonly string[] | undefined;
    const turn = turns.get(name) ?? 0;
    turns.set(name, turn + 1);
    return all[Math.min(turn, all.length - 1)] as readonly string[];
  };
  return {
    ...system,
    asked,
    lookup: async (name, family) => {
      const addresses = found(name);
      if (addresses === undefined) return system.lookup(name, family);
      return addresses.map((address) => ({ address, family: isIP(address) }));
    },
    resolve: async (name) => {
      const addresses = found(name);
      if (addresses === undefined) throw Object.assign(new Error(`queryA ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
      return addresses;
    },
  };
};

const startServers = async (seen: string[]) => {
  const sockets = new Set<Socket>();
  let intruders = 0;
  const canary = (): Server =>
    createServer((socket) => {
      intruders += 1;
      socket.on('error', () => {}).destroy();
    });
  const open = createHttpServer(answer(seen));
  const port = await listening(open, OPEN);
  const closed = [canary(), canary()];
  await listening(closed[0] as Server, '127.0.0.1', port);
  await listening(closed[1] as Server, '::1', port).catch(() => undefined);
  open.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    for (const server of [open, ...closed]) server.close();
  };
  const taken = (): number => {
    const count = intruders;
    intruders = 0;
    return count;
  };
  return { port, taken, stop };
};

/** Starts both places and a sandbox of the built runtime that resolves names as `names` says. */
export const startEgressScene = async (names: (port: number) => SceneNames = () => ({})): Promise<EgressScene> => {
  const folder = temporaryFolder();
  const seen: string[] = [];
  const servers = await startServers(seen);
  const { port, taken } = servers;
  const { log, entries } = readableLog();
  const sandbox = await startTestSandbox({
    runtimeFolder: REAL_RUNTIME,
    stateFolder: folder.path,
    egress: { allow: [{ host: OPEN, port }], names: createSceneNames(() => names(port)) },
    log,
  });
  const run: EgressScene['run'] = (source, given) =>
    sandbox.run(runOf(source, { timeoutMs: 20_000, memoryLimitBytes: 128 * 1024 * 1024, ...given }));
  return {
    port,
    sandbox,
    log: entries,
    seen,
    intruders: taken,
    run,
    expectDenied: async (body, rule) => {
      const result = await run(`async function work() { const PORT = ${port}, OPEN = '${OPEN}'; ${body} }`);
      const { outcome, error } = result;
      expect({ outcome, error: JSON.stringify(error) }).toEqual({
        outcome: 'egress_denied',
        error: expect.stringContaining(rule),
      });
      expect(taken()).toBe(0);
      return result;
    },
    stop: async () => {
      await sandbox.close();
      servers.stop();
      folder.remove();
    },
  };
};

/** Servers that mean harm, and scripts in the built sandbox that connect to them. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { judgeThrow, LIMITS, type Outcome, type RunResult } from '@userferry/script-contract';
import { expect, it } from 'vitest';
import type { RunRequest } from '../../../../sandbox.ts';
import { REAL_RUNTIME, readableLog, runOf, startTestSandbox, temporaryFolder } from '../../testing/test-sandbox.ts';

/** What a server does with a connection. */
export type Serve = (socket: Socket) => void;

export type Attack = {
  /** The body of an asynchronous function; `PORT` is the server's, `PASSWORD` a secret of the connection. */
  readonly body: string;
  readonly outcomes: readonly Outcome[];
  readonly given?: Partial<RunRequest>;
};

export type HostileScene = {
  /** Runs against a server that listens there: it must end in time and as foreseen, and the connection's next run work. */
  attackServer(attack: Attack & { readonly port: number }): Promise<RunResult>;
  /** The same against a server that is made for it; `heard` is everything that it was sent. */
  attack(attack: Attack & { readonly serve: Serve }): Promise<RunResult & { readonly heard: Buffer }>;
  stop(): Promise<void>;
};

/** One line of a table of attacks; `body` where it is another one than the table's. */
type Line = readonly [what: string, serve: Serve, outcomes: readonly Outcome[], body?: string];

/** A table of attacks as `itContains` takes it. */
export const attacks = (usual: string, lines: readonly Line[]) =>
  lines.map(([what, serve, outcomes, body = usual]) => [what, { serve, outcomes, body }] as const);

/** A test of each; those whose run can only wait until its time is over wait together. */
export const itContains = (title: string, table: ReturnType<typeof attacks>, scene: () => HostileScene): void => {
  type One = (typeof table)[number];
  const isWait = ([, { outcomes }]: One): boolean => outcomes.every((outcome) => outcome === 'timed_out');
  const contain = async (_what: One[0], attack: One[1]): Promise<void> => void (await scene().attack(attack));
  it.each(table.filter((one) => !isWait(one)))(title, contain);
  it.concurrent.each(table.filter(isWait))(title, contain);
};

export const PASSWORD = 'open-sesame-4711';
/** For what may take all of its time. What ends by itself has as much as a slow machine takes. */
const TIMEOUT_MS = 3_000;
const PATIENT_TIMEOUT_MS = 20_000;
/** Ten times what a run may take past its deadline. */
const LATE_MS_MAX = 5_000;

const startServer = async (serve: Serve) => {
  const sockets = new Set<Socket>();
  const heard: Buffer[] = [];
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('data', (bytes) => heard.push(bytes));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port, heard, stop };
};

/** A sandbox that may reach the whole loopback. */
export const startHostileScene = async (): Promise<HostileScene> => {
  const folder = temporaryFolder();
  const { log, entries } = readableLog();
  const sandbox = await startTestSandbox({
    runtimeFolder: REAL_RUNTIME,
    stateFolder: folder.path,
    egress: { allow: [{ host: '127.0.0.1', port: '*' }] },
    log,
  });
  /** Where the isolate of the attack cannot be stopped, its host dies, and a run beside it: reads are repeated then. */
  const expectNextRun = async (connectionKey: string): Promise<void> => {
    const next = () => sandbox.run(runOf('async function work() { return 1 }', { timeoutMs: 20_000, connectionKey }));
    const first = await next();
    const last = first.outcome === 'killed' ? await next() : first;
    expect(last).toMatchObject({ outcome: 'completed', resultJson: '1' });
  };
  let attacked = 0;
  const expectContained = (result: RunResult, { outcomes }: Attack): void => {
    const { message = '' } = result.error ?? {};
    expect([result.outcome, message.slice(0, 300)]).toEqual([
      expect.toSatisfy((outcome: Outcome) => outcomes.includes(outcome), outcomes.join(' or ')),
      expect.any(String),
    ]);
    // A plain Error would count as a wrong password, and nobody has looked at one.
    if (result.outcome === 'threw') expect([judgeThrow(result.error), message]).toEqual(['broken', message]);
    expect(message.length).toBeLessThan(20_000);
    expect(Buffer.byteLength(JSON.stringify(result))).toBeLessThan(LIMITS.resultBytesMax + 200_000);
    expect(JSON.stringify([result, entries])).not.toContain(PASSWORD);
  };
  const attackServer: HostileScene['attackServer'] = async (attack) => {
    const { port, body, outcomes, given } = attack;
    const timeoutMs = outcomes.includes('timed_out') ? TIMEOUT_MS : PATIENT_TIMEOUT_MS;
    const source = `const { PASSWORD } = env; const PORT = Number(env.PORT); async function work() { ${body} }`;
    const env = { PORT: String(port), PASSWORD };
    attacked += 1;
    const connectionKey = `attacked ${attacked}`;
    const request = runOf(source, { env, secretNames: ['PASSWORD'], timeoutMs, connectionKey, ...given });
    const startedAt = Date.now();
    const result = await sandbox.run(request);
    expect(Date.now() - startedAt).toBeLessThan(request.timeoutMs + LATE_MS_MAX);
    expectContained(result, attack);
    await expectNextRun(connectionKey);
    return result;
  };
  const attack: HostileScene['attack'] = async ({ serve, ...rest }) => {
    const server = await startServer(serve);
    try {
      const result = await attackServer({ ...rest, port: server.port });
      return { ...result, heard: Buffer.concat(server.heard) };
    } finally {
      server.stop();
    }
  };
  const stop = async (): Promise<void> => {
    await sandbox.close();
    folder.remove();
  };
  return { attackServer, attack, stop };
};

/** Writes the same bytes as fast as they are taken, until the other side has gone. */
export const pump = (socket: Socket, bytes: Buffer): void => {
  const more = (): void => {
    while (!socket.destroyed && socket.write(bytes));
  };
  socket.on('drain', more);
  more();
};

/** Writes one byte at a time, twenty a second. */
export const drip = (socket: Socket, bytes: Buffer): void => {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer);
    else socket.write(bytes.subarray(at % bytes.length, (at % bytes.length) + 1));
    at += 1;
  }, 50);
};

/** Calls `then` with the first bytes that come. */
export const onFirst = (socket: Socket, then: (bytes: Buffer) => void): void => void socket.once('data', then);

export const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return bytes;
};
export const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value & 0xffff);
  return bytes;
};

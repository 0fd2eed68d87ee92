/** A small supervisor for tests: starts the built isolate host and connects wherever it asks. */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, isIP, Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { ScriptLanguage } from '@userferry/script-contract';
import { createFrameDecoder, encodeFrame } from '../../../bridge/frame-codec.ts';
import type {
  HostFrame,
  ReusableDestination,
  RunFrame,
  SocketMessage,
  SupervisorFrame,
  SystemError,
} from '../../../bridge/frames.ts';
import { hostFrameSchema } from '../../../bridge/frames.ts';
import { NODE_FLAGS } from '../../../bridge/node-flags.ts';
import { systemNames } from '../../supervisor/egress/name-source.ts';
import type { DnsQuestion } from '../../supervisor/egress/resolver.ts';

const RUNTIME = join(import.meta.dirname, '../../../../dist/runtime');

export type Result = Extract<HostFrame, { kind: 'result' }>;
export type Checked = Extract<HostFrame, { kind: 'checked' }>;
export type RunOptions = Partial<Omit<RunFrame, 'kind' | 'source' | 'reuse'>> & {
  readonly args?: readonly unknown[];
  /** Undefined where no connection is to be kept. */
  readonly reuse?: RunFrame['reuse'] | undefined;
};

export type TestHost = {
  readonly child: ChildProcess;
  /** Frames that came, in order. */
  readonly frames: readonly HostFrame[];
  run(source: string, options?: RunOptions): Promise<Result>;
  check(source: string, functionName: string, language?: ScriptLanguage): Promise<Checked>;
  cancel(runId: string): void;
  /** Resolves with how the process ended. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  stop(): Promise<void>;
};

type Told = NodeJS.ErrnoException & { hostname?: string; address?: string; port?: number };

const errorOf = (error: Told): SystemError => {
  const { message, code, errno, syscall, hostname, address, port } = error;
  return JSON.parse(JSON.stringify({ message, code, errno, syscall, hostname, address, port })) as SystemError;
};

const DENIED: SystemError = { message: 'denied.example is not allowed by the rule "none"', code: 'EGRESS_DENIED' };

/** Some hosts are refused at once. */
function open(host: string, port: number): Socket | SystemError {
  try {
    return connect({ host, port, noDelay: true });
  } catch (error) {
    return errorOf(error as NodeJS.ErrnoException);
  }
}

type Connect = Extract<HostFrame, { kind: 'connect' }>;

/** Connects wherever a host asks to, and passes the socket or tells why not. */
function connectFor(child: ChildProcess, send: (frame: SupervisorFrame) => void, { id, host, port }: Connect): void {
  const fail = (error: SystemError): void => send({ kind: 'connect_failed', id, error });
  const socket = host === 'denied.example' ? DENIED : open(host, port);
  if (!(socket instanceof Socket)) {
    fail(socket);
    return;
  }
  socket.pause();
  socket.once('error', (error) => fail(errorOf(error)));
  socket.once('connect', () => {
    const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket;
    const addresses = { remoteAddress, remotePort, remoteFamily: 'IPv4', localAddress, localPort } as const;
    child.send({ id, addresses } satisfies SocketMessage, socket as never);
  });
}

const names = systemNames();

async function recordsOf({ name, type, port = 0, ttl = false }: DnsQuestion): Promise<readonly unknown[]> {
  if (type === 'lookup') return names.lookup(name, 0);
  if (type === 'service') return [await names.service(name, port)];
  return isIP(name) > 0 && type === 'PTR' ? names.reverse(name) : names.resolve(name, type, ttl);
}

export type HostOptions = {
  /** Command before `node`, such as one that takes the network away. */
  readonly prefix?: readonly string[];
  readonly runtime?: string;
};

function spawnHost(prefix: readonly string[], runtime: string): ChildProcess {
  const flags = [
    ...NODE_FLAGS,
    '--no-warnings',
    '--openssl-legacy-provider',
    '--permission',
    '--allow-addons',
    `--allow-fs-read=${runtime}`,
  ];
  const [command, ...args] = [...prefix, process.execPath, ...flags, join(runtime, 'isolate-host.cjs')] as [string];
  return spawn(command, args, { env: {}, stdio: ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'] });
}

export async function startHost({ prefix = [], runtime = RUNTIME }: HostOptions = {}): Promise<TestHost> {
  const child = spawnHost(prefix, runtime);
  const pipe = child.stdio[4] as Duplex;
  const frames: HostFrame[] = [];
  const destinations = new Set<ReusableDestination>();
  const waiting = new Set<(frame: HostFrame) => boolean>();
  const send = (frame: SupervisorFrame): void => void pipe.write(encodeFrame(frame));
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });

  const onResolve = ({ id, ...question }: Extract<HostFrame, { kind: 'resolve' }>): void => {
    recordsOf(question).then(
      (records) => send({ kind: 'resolved', id, records }),
      (error) => send({ kind: 'resolved', id, error: errorOf(error as NodeJS.ErrnoException) }),
    );
  };
  const onFrame = (frame: HostFrame): void => {
    frames.push(frame);
    if (frame.kind === 'connect') {
      const { host, port } = frame;
      for (const address of ['127.0.0.1', '::1']) destinations.add({ host, port, address });
      connectFor(child, send, frame);
    }
    if (frame.kind === 'resolve') onResolve(frame);
    for (const matches of waiting) if (matches(frame)) waiting.delete(matches);
  };
  const decoder = createFrameDecoder();
  pipe.on('data', (bytes: Buffer) => {
    for (const frame of decoder.push(bytes)) onFrame(hostFrameSchema.parse(frame));
  });
  pipe.on('error', () => undefined);
  const next = <T extends HostFrame>(matches: (frame: HostFrame) => boolean): Promise<T> =>
    new Promise((resolve, reject) => {
      waiting.add((frame) => {
        const matched = matches(frame);
        if (matched) resolve(frame as T);
        return matched;
      });
      void exited.then((how) => reject(new Error(`The isolate host ended: ${JSON.stringify(how)}`)));
    });

  let nextId = 1;
  await next((frame) => frame.kind === 'ready');
  return {
    child,
    frames,
    exited,
    run(source, { args: values = [], ...options } = {}) {
      const runId = options.runId ?? `run-${nextId++}`;
      const result = next<Result>((frame) => frame.kind === 'result' && frame.runId === runId);
      send({
        kind: 'run',
        runId,
        source,
        functionName: 'login',
        argsJson: JSON.stringify(values),
        env: {},
        timeoutMs: 20_000,
        memoryLimitBytes: 128 * 1024 * 1024,
        ...('reuse' in options ? {} : { reuse: { destinations: [...destinations] } }),
        ...(options as Partial<RunFrame>),
      });
      return result;
    },
    check(source, functionName, language = 'javascript') {
      const id = nextId++;
      const checked = next<Checked>((frame) => frame.kind === 'checked' && frame.id === id);
      send({ kind: 'check', id, source, functionName, language });
      return checked;
    },
    cancel: (runId) => send({ kind: 'cancel', runId }),
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

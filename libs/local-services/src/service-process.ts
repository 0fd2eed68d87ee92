import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { builtServices } from './config.ts';

export const SERVICE_NAMES = ['public-ip-service', 'migration-service', 'script-runner', 'identity-gateway'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

/** A line that a service wrote: parsed where it is one of its log's JSON objects. */
export type ServiceLine = {
  readonly service: ServiceName;
  readonly text: string;
  readonly facts: LogFacts | undefined;
};
export type LogFacts = { readonly level?: string; readonly msg?: string; readonly [fact: string]: unknown };

export type ServiceProcessOptions = {
  readonly name: ServiceName;
  readonly env: Readonly<Record<string, string>>;
  /** Without it, nothing that the service writes is read once it is ready: whoever measures pays for no reader. */
  readonly onLine?: ((line: ServiceLine) => void) | undefined;
  /**
   * Folder that holds a built folder for each service; without it, the one that `BUILT_SERVICES` names, or the services run
   * from their sources.
   */
  readonly builtFolders?: string | undefined;
  /** Start it again when it dies. */
  readonly restart: boolean;
  /** The repository whose service it is, when that is not this one: another version of it. */
  readonly root?: string;
};

export type ServiceProcess = {
  readonly name: ServiceName;
  /** The process that runs now. */
  readonly pid: number | undefined;
  /** Resolves when the service that runs now has said that it is ready; rejects with its last words when it died first. */
  readonly ready: () => Promise<void>;
  /** SIGTERM, and SIGKILL when it has not ended after the grace time. */
  readonly stop: () => Promise<void>;
  /** Resolves when the process that runs now has ended: with its exit code, or null when a signal ended it. */
  readonly exitCode: () => Promise<number | null>;
};

/** Longer than the longest call, which a service lets finish. */
const STOP_GRACE_MS = 45_000;
/** A service that dies at birth is tried again ever more slowly. */
const RESTART_MS_MIN = 100;
const RESTART_MS_MAX = 5_000;
const LAST_WORDS_LINES = 20;

const OWN_ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const mainOf = ({ name, root, builtFolders }: ServiceProcessOptions): string => {
  // Another version runs from its sources: what was built is this one.
  const built = builtFolders ?? (root === undefined ? builtServices() : undefined);
  return built === undefined ? join(root ?? OWN_ROOT, 'apps', name, 'src', 'main.ts') : join(built, name, 'main.js');
};

/** Starts one of our services as a process of its own, with nothing in its environment but what is given. */
export const startServiceProcess = (options: ServiceProcessOptions): ServiceProcess => {
  let stopping = false;
  let waitMs = RESTART_MS_MIN;
  let life = beginLife(options);

  const watch = (): void => {
    const begun = Date.now();
    void life.ended.then(() => {
      if (stopping || !options.restart) return;
      waitMs = Date.now() - begun > 10_000 ? RESTART_MS_MIN : Math.min(waitMs * 2, RESTART_MS_MAX);
      setTimeout(() => {
        if (stopping) return;
        life = beginLife(options);
        watch();
      }, waitMs);
    });
  };
  watch();

  const stop = async (): Promise<void> => {
    stopping = true;
    await life.stop();
  };
  return {
    name: options.name,
    get pid() {
      return life.child.pid;
    },
    ready: () => life.ready,
    exitCode: () => life.ended,
    stop,
  };
};

type Life = {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  readonly ended: Promise<number | null>;
  readonly stop: () => Promise<void>;
};

const beginLife = (options: ServiceProcessOptions): Life => {
  const { name, env, onLine } = options;
  // A group of its own: Ctrl-C in a terminal reaches only whoever stops the services in their order.
  // The pipe to its standard input ends when we do, however we die, and the service with it.
  const child = spawn(process.execPath, [mainOf(options)], {
    env: { ...env, USERFERRY_STOP_WITH_STDIN: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const ready = readyOf(child, name, onLine);
  ready.catch(() => undefined);
  const stop = async () => {
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(kill);
  };
  return { child, ready, ended, stop };
};

const readyOf = (child: ChildProcess, name: ServiceName, onLine: ServiceProcessOptions['onLine']): Promise<void> =>
  new Promise((resolve, reject) => {
    const lastWords: string[] = [];
    const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
    const readers = streams.map((input) => createInterface({ input }));
    const readNoMore = () => {
      for (const reader of readers) reader.close();
      for (const stream of streams) stream.resume();
    };
    const take = (text: string) => {
      const facts = parseFacts(text);
      if (lastWords.push(text) > LAST_WORDS_LINES) lastWords.shift();
      if (facts?.msg === 'ready') resolve();
      if (onLine !== undefined) onLine({ service: name, text, facts });
      else if (facts?.msg === 'ready') readNoMore();
    };
    for (const reader of readers) reader.on('line', take);
    child.once('error', (error) => reject(new Error(`${name} cannot be started: ${error.message}`)));
    child.once('close', (code, signal) =>
      reject(new Error(`${name} ended (${signal ?? `exit code ${code}`}); its last lines:\n${lastWords.join('\n')}`)),
    );
  });

const parseFacts = (text: string): LogFacts | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as LogFacts) : undefined;
  } catch {
    return undefined;
  }
};

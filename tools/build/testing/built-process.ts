import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export type BuiltProcessOptions = {
  readonly node: string;
  /** The built folder. */
  readonly folder: string;
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Another user, where root starts it. */
  readonly uid?: number | undefined;
};

export type LogLine = { readonly msg?: string; readonly [fact: string]: unknown };

export type BuiltProcess = AsyncDisposable & {
  readonly lines: readonly LogLine[];
  /** Resolves when the folder's own check says so; rejects with what the service said when it ended before. */
  serving(): Promise<void>;
  /** SIGTERM; resolves with how it ended. */
  stop(): Promise<number | NodeJS.Signals | null>;
};

const LOOK_MS = 200;

/** Starts a built folder as an image does: Node, its `main.js`, and the variables. */
export const startBuiltFolder = ({ node, folder, env, uid }: BuiltProcessOptions): BuiltProcess => {
  const identity = uid === undefined ? {} : { uid, gid: uid };
  // Its standard input ends when we do, however we die, and the service with it.
  const options = { cwd: '/', env: { ...env, USERFERRY_STOP_WITH_STDIN: '1' }, ...identity };
  const child = spawn(node, [`${folder}/main.js`], { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  const texts: string[] = [];
  const lines: LogLine[] = [];
  const take = (text: string): void => {
    texts.push(text);
    if (text.startsWith('{')) lines.push(JSON.parse(text) as LogLine);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', take);
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code)),
  );
  const isServing = () =>
    new Promise<boolean>((resolve) =>
      execFile(node, [`${folder}/check-health.js`], options, (error) => resolve(error === null)),
    );
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return {
    lines,
    async serving() {
      while (!(await isServing())) {
        if (child.exitCode !== null) throw new Error(`it ended:\n${texts.join('\n')}`);
        await sleep(LOOK_MS);
      }
    },
    stop,
    async [Symbol.asyncDispose]() {
      const kill = setTimeout(() => child.kill('SIGKILL'), 20_000);
      await stop();
      clearTimeout(kill);
    },
  };
};

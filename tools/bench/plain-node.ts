import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The alternative that everything is measured against: the same file in plain Node, in a process of its own. */
export type PlainNode = Disposable & {
  readonly pid: number;
  readonly login: (args: readonly unknown[]) => Promise<unknown>;
};

type Answer = { readonly id: number; readonly result?: unknown; readonly error?: string };

export const startPlainNode = (scriptFile: string, env: Readonly<Record<string, string>>): PlainNode => {
  const worker = fileURLToPath(new URL('plain-node-worker.ts', import.meta.url));
  const child = fork(worker, [scriptFile, JSON.stringify(env)]);
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;
  child.on('message', (answer: Answer) => waiting.get(answer.id)?.(answer));
  const login = (args: readonly unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++last;
      waiting.set(id, ({ result, error }) => {
        waiting.delete(id);
        if (error === undefined) resolve(result);
        else reject(new Error(error));
      });
      child.send({ id, args });
    });
  return { pid: child.pid ?? 0, login, [Symbol.dispose]: () => child.disconnect() };
};

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** How a step ended, and what it had to say; a note is shown even when all is well. */
export type Outcome = { ok: boolean; output: string; note?: string };

/** Runs the programs of the steps, one after the other. */
export type Runner = {
  /** Runs a script with our own Node, from the project's root. */
  node(script: string, ...args: string[]): Promise<Outcome>;
  /** Runs a program of node_modules/.bin, or of the machine, from the project's root. */
  program(name: string, ...args: string[]): Promise<Outcome>;
  /** Runs a step under a title with its time; its output is shown when it fails. Answers whether it passed. */
  titled(name: string, step: () => Promise<Outcome>): Promise<boolean>;
  /** Has someone asked us to end? */
  interrupted(): boolean;
};

/** `environment` is what every program gets that is started from then on. */
export function createRunner(root: string, options: { verbose: boolean; environment: NodeJS.ProcessEnv }): Runner {
  let running: ChildProcess | undefined;
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted = true;
      running?.kill(signal);
    });
  }
  const program = (name: string, ...args: string[]) =>
    new Promise<Outcome>((resolve) => {
      const child = spawn(name, args, {
        cwd: root,
        env: options.environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      running = child;
      let output = '';
      const tell = options.verbose ? (text: string) => void process.stdout.write(text) : createProgress();
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          output += chunk;
          tell(`${chunk}`);
        });
      }
      child.once('error', (error) => resolve({ ok: false, output: `${name}: ${error.message}\n` }));
      child.once('close', (code) => resolve({ ok: code === 0, output }));
    });
  return {
    node: (script, ...args) => program(process.execPath, join(root, script), ...args),
    program,
    titled: (name, step) => titled(name, step, options.verbose),
    interrupted: () => interrupted,
  };
}

/** A program's own word on how far it is, which is passed on once a minute. */
const PROGRESS = /^progress: (.+)$/gm;
const PROGRESS_MS = 60_000;

function createProgress(): (output: string) => void {
  let toldAt = performance.now();
  return (output) => {
    const last = [...output.matchAll(PROGRESS)].at(-1)?.[1];
    if (last === undefined || performance.now() - toldAt < PROGRESS_MS) return;
    toldAt = performance.now();
    process.stdout.write(`\n  ${last} `);
  };
}

async function titled(name: string, step: () => Promise<Outcome>, verbose: boolean): Promise<boolean> {
  process.stdout.write(verbose ? `${name} …\n` : `${name} … `);
  const startedAt = performance.now();
  const failure = (error: unknown): Outcome => ({ ok: false, output: `${error}\n` });
  const { ok, output, note } = await step().catch(failure);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${verbose ? `${name}: ` : ''}${ok ? 'ok' : 'FAILED'} (${seconds} s)`);
  if (note !== undefined) console.log(`  ${note}`);
  if (!ok && !verbose) console.log(output.trimEnd());
  return ok;
}

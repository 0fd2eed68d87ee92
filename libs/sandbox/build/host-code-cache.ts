/** The code cache of the isolate host's own program, taken from one that has served a run. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFrameDecoder, encodeFrame } from '../src/bridge/frame-codec.ts';
import type { HostFrame, SupervisorFrame } from '../src/bridge/frames.ts';
import { NODE_FLAGS } from '../src/bridge/node-flags.ts';
import { PROGRAM } from '../src/host/isolate-host/program.ts';
import { DRAFT } from './paths.ts';
import { HOST_RUN, REFUSED } from './warm-up/host-run.ts';

const TIMEOUT_MS = 30_000;
const SETTLE_MS = 100;

/** Has the host do one run, which leads nowhere. Rejects where it ends otherwise than it should. */
function serveOnce(pipe: Duplex): Promise<void> {
  const decoder = createFrameDecoder();
  const send = (frame: SupervisorFrame): void => void pipe.write(encodeFrame(frame));
  return new Promise((resolve, reject) => {
    pipe.on('data', (bytes: Buffer) => {
      for (const frame of decoder.push(bytes) as HostFrame[]) {
        if (frame.kind === 'ready') send(HOST_RUN);
        if (frame.kind === 'connect') send({ kind: 'connect_failed', id: frame.id, error: REFUSED });
        if (frame.kind === 'result' && frame.outcome === 'completed') resolve();
        else if (frame.kind === 'result') reject(new Error(`The host's warm-up ended as ${frame.outcome}`));
      }
    });
    pipe.on('error', reject);
    pipe.on('close', () => reject(new Error('The host ended before its warm-up did')));
  });
}

const startHost = (): ChildProcess => {
  const args = [...NODE_FLAGS, join(import.meta.dirname, 'warm-up', 'host.ts'), DRAFT];
  const stdio = ['ignore', 'inherit', 'inherit', 'ipc', 'pipe'] as const;
  return spawn(process.execPath, args, { stdio: [...stdio], env: {}, timeout: TIMEOUT_MS });
};

export async function makeHostCodeCache(): Promise<void> {
  const host = startHost();
  const ended = once(host, 'exit');
  ended.catch(() => undefined);
  try {
    await serveOnce(host.stdio[4] as Duplex);
    // What a host does after the result is in the cache as well.
    await sleep(SETTLE_MS);
    host.kill('SIGUSR2');
    await ended;
  } finally {
    host.kill('SIGKILL');
  }
  if (!existsSync(join(DRAFT, `${PROGRAM}.cache`)))
    throw new Error("V8's code cache of the host's program was not written");
}

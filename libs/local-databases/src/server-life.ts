import { rmSync } from 'node:fs';
import type { Guard } from './guard.ts';
import type { ServerFolder } from './server-folder.ts';
import type { ServerProcess } from './server-process.ts';

/** What every local server can be put through. */
export type ServerLife = {
  /** The server's process id; another one after `resume`, -1 while it is down. */
  readonly pid: number;
  /** Resolves when the server process that runs now has ended, for whatever cause. */
  ended(): Promise<void>;
  /** Ends the server, keeping port and data, until `resume`. */
  pause(): Promise<void>;
  /** Kills the server as a crash would, keeping port and data, until `resume`. */
  kill(): Promise<void>;
  /** Starts the server again on the same port and data, also after it died by itself; leaves a running one alone. */
  resume(): Promise<void>;
  /** Ends the server for good and deletes a temporary folder. Can be called twice. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const STOP_PATIENCE_MS = 10_000;

/** The life of a started server: `launch` starts it again in the same place, `stopSignal` asks it to end. */
export function createServerLife(
  server: ServerProcess,
  place: { folder: ServerFolder; guard: Guard },
  how: { launch: () => Promise<ServerProcess>; stopSignal: NodeJS.Signals },
): ServerLife {
  let running: ServerProcess | undefined;
  const adopt = (started: ServerProcess) => {
    running = started;
    void started.ended.then(() => {
      if (running === started) running = undefined;
    });
  };
  const end = async (signal: NodeJS.Signals) => running?.end(signal, STOP_PATIENCE_MS);
  const stop = async () => {
    await end(how.stopSignal);
    await tidyUp(place.folder, place.guard);
  };
  adopt(server);
  return {
    get pid() {
      return running?.pid ?? -1;
    },
    ended: async () => running?.ended,
    pause: () => end(how.stopSignal),
    kill: () => end('SIGKILL'),
    resume: async () => {
      if (running === undefined) adopt(await how.launch());
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Deletes a temporary folder and sends the guard home. */
export async function tidyUp(folder: ServerFolder, guard: Guard): Promise<void> {
  if (folder.temporary) rmSync(folder.path, { recursive: true, force: true, maxRetries: 20 });
  await guard.dismiss();
}

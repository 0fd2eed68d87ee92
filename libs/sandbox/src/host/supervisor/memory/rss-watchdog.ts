import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { programSource } from '../program-source.ts';

/** Kills processes whose resident memory passes a limit; looks every 5 ms from a thread of its own. */
export type RssWatchdog = {
  /** Watches `pid`, or changes its limit; `onKilled` is told once, with the bytes seen. */
  watch(pid: number, limitBytes: number, onKilled: (rssBytes: number) => void): void;
  unwatch(pid: number): void;
  /** Resolves when everything that was killed before this call has been told. */
  told(): Promise<void>;
  close(): Promise<void>;
};

type Killed = { readonly pid: number; readonly rssBytes: number };

/** Where there is no /proc (macOS) nothing is watched, and `undefined` says so. */
export const createRssWatchdog = (): RssWatchdog | undefined => {
  if (!existsSync('/proc/self/statm')) return undefined;
  const thread = new Worker(programSource(new URL('./rss-thread.ts', import.meta.url)), { name: 'rss-watchdog' });
  thread.unref();
  const listeners = new Map<number, (rssBytes: number) => void>();
  const echoes = new Map<number, () => void>();
  let lastEcho = 0;
  thread.on('message', (message: Killed | { readonly echo: number }) => {
    if ('echo' in message) {
      echoes.get(message.echo)?.();
      return void echoes.delete(message.echo);
    }
    listeners.get(message.pid)?.(message.rssBytes);
    listeners.delete(message.pid);
  });
  return {
    watch(pid, limitBytes, onKilled) {
      listeners.set(pid, onKilled);
      thread.postMessage({ watch: pid, limitBytes });
    },
    unwatch(pid) {
      listeners.delete(pid);
      thread.postMessage({ unwatch: pid });
    },
    told() {
      lastEcho += 1;
      const { promise, resolve } = Promise.withResolvers<void>();
      echoes.set(lastEcho, resolve);
      thread.postMessage({ echo: lastEcho });
      return promise;
    },
    async close() {
      await thread.terminate();
      for (const resolve of echoes.values()) resolve();
    },
  };
};

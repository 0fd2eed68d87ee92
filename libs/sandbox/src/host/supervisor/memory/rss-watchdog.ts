import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { threadSource } from '../thread-source.ts';

/** Kills processes whose resident memory passes a limit; looks every 5 ms from a thread of its own. */
export type RssWatchdog = {
  /** Watches `pid`, or changes its limit; `onKilled` is told once, with the bytes seen. */
  watch(pid: number, limitBytes: number, onKilled: (rssBytes: number) => void): void;
  unwatch(pid: number): void;
  close(): Promise<void>;
};

type Killed = { readonly pid: number; readonly rssBytes: number };

/** Where there is no /proc (macOS) nothing is watched, and `undefined` says so. */
export const createRssWatchdog = (): RssWatchdog | undefined => {
  if (!existsSync('/proc/self/statm')) return undefined;
  const thread = new Worker(threadSource(new URL('./rss-thread.ts', import.meta.url)), { name: 'rss-watchdog' });
  thread.unref();
  const listeners = new Map<number, (rssBytes: number) => void>();
  thread.on('message', ({ pid, rssBytes }: Killed) => {
    listeners.get(pid)?.(rssBytes);
    listeners.delete(pid);
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
    close: async () => void (await thread.terminate()),
  };
};

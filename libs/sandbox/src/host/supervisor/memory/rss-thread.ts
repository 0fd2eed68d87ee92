import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

/*
 * Its own thread, so that a busy supervisor is never late. Looks only while something is watched: `watch` starts or
 * changes a limit, `unwatch` ends it; tells of what it killed.
 */

type Order =
  | { readonly watch: number; readonly limitBytes: number }
  | { readonly unwatch: number }
  | { readonly echo: number };
type Watched = { readonly file: number; limitBytes: number };

const INTERVAL_MS = 5;
const PAGE_BYTES = 4096;

const watched = new Map<number, Watched>();
const buffer = Buffer.alloc(128);
let timer: NodeJS.Timeout | undefined;

const residentBytes = ({ file }: Watched): number => {
  const length = readSync(file, buffer, 0, buffer.length, 0);
  return Number(buffer.toString('latin1', 0, length).split(' ')[1]) * PAGE_BYTES;
};

const unwatch = (pid: number): void => {
  const entry = watched.get(pid);
  if (entry === undefined) return;
  closeSync(entry.file);
  watched.delete(pid);
};

const look = (pid: number, entry: Watched): void => {
  try {
    const rssBytes = residentBytes(entry);
    if (rssBytes <= entry.limitBytes) return;
    process.kill(pid, 'SIGKILL');
    parentPort?.postMessage({ pid, rssBytes });
  } catch {
    // It is gone already.
  }
  unwatch(pid);
};

const tick = (): void => {
  for (const [pid, entry] of [...watched]) look(pid, entry);
  if (watched.size > 0) return;
  clearInterval(timer);
  timer = undefined;
};

const watch = (pid: number, limitBytes: number): void => {
  const entry = watched.get(pid);
  if (entry !== undefined) entry.limitBytes = limitBytes;
  else {
    try {
      watched.set(pid, { file: openSync(`/proc/${pid}/statm`, 'r'), limitBytes });
    } catch {
      return; // gone before it was looked at
    }
  }
  timer ??= setInterval(tick, INTERVAL_MS);
};

parentPort?.on('message', (order: Order) => {
  if ('watch' in order) watch(order.watch, order.limitBytes);
  else if ('unwatch' in order) unwatch(order.unwatch);
  else parentPort?.postMessage(order);
});

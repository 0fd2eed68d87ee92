import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { systemProgram } from '../host/supervisor/runtime/native-files.ts';
import { NODE_FLAGS } from './node-flags.ts';

const setarch = systemProgram('setarch');
/** Some containers do not let a process have the same addresses again. */
const canRepeat = setarch !== undefined && spawnSync(setarch, ['-R', process.execPath, '-e', '0']).status === 0;
/** Prints where one object of the read-only heap lies, and waits to be looked at. */
const PROGRAM = '%DebugPrint(undefined); setInterval(() => undefined, 1000);';

/** The address in the first line that it prints, which comes in pieces. */
const addressIn = async (output: Readable): Promise<number> => {
  const [line] = (await once(createInterface(output), 'line')) as [string];
  return Number(/0x[0-9a-f]+/.exec(line)?.[0]);
};

/** V8's pages begin at multiples of it. */
const PAGE_BYTES = 256 * 1024;
/** The first words of a page are pointers to what keeps its books: no object lies there. */
const HEADER_BYTES = 16;

const endOfMapping = (pid: number, address: number): number => {
  for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
    const [start = 0, end = 0] = (line.split(' ')[0] ?? '').split('-').map((text) => Number.parseInt(text, 16));
    if (start <= address && address < end) return end;
  }
  throw new Error('nothing lies there');
};

/** The objects of the page around an address of a process. */
const pageAt = (pid: number, address: number): Buffer => {
  const from = address - (address % PAGE_BYTES);
  const bytes = Buffer.alloc(Math.min(endOfMapping(pid, address) - from, PAGE_BYTES));
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  readSync(memory, bytes, 0, bytes.length, from);
  closeSync(memory);
  return bytes.subarray(HEADER_BYTES);
};

/** Where two pages differ, as far as both go: what lies behind them in memory may be seen as one with them. */
const differences = (one: Buffer, other: Buffer): number[] =>
  Array.from({ length: Math.min(one.length, other.length) }, (_, at) => at).filter((at) => one[at] !== other[at]);

/** The read-only heap of a Node whose addresses and hashes are the same in every run. */
const readOnlyHeap = async (flags: readonly string[]): Promise<Buffer> => {
  const node = [
    process.execPath,
    ...flags,
    '--hash-seed=1',
    '--random-seed=1',
    '--allow-natives-syntax',
    '-e',
    PROGRAM,
  ];
  const child = spawn(setarch as string, ['-R', ...node], { stdio: ['ignore', 'pipe', 'inherit'], env: {} });
  try {
    return pageAt(child.pid as number, await addressIn(child.stdout as Readable));
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
};

it.runIf(canRepeat)(
  'isolates find the read-only heap that they would have made themselves, whatever snapshot Node itself starts from',
  async () => {
    const snapshotFlags = NODE_FLAGS.filter((flag) => flag.includes('snapshot'));
    const host = await readOnlyHeap(snapshotFlags);
    const bare = await readOnlyHeap(['--no-node-snapshot']);
    expect(Math.min(host.length, bare.length)).toBeGreaterThan(64 * 1024);
    expect(differences(host, bare)).toEqual([]);
  },
);

import type { Guard } from './guard.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { ServerFolder } from './server-folder.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/** What a server says when somebody else has its port. */
export const PORT_TAKEN = /could not create any TCP\/IP sockets/;

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 60_000;

/**
 * Loses data when the machine crashes; a crash of the server alone loses nothing. Shared memory lies in its folder, with
 * which it goes: in /dev/shm a killed server's would stay.
 */
const TEMPORARY = { fsync: 'off', full_page_writes: 'off', dynamic_shared_memory_type: 'mmap' };

/** Starts the server on the data that lies in the folder, and waits until it takes connections. */
export function launchPostgres(
  on: { binaries: PostgresBinaries; folder: ServerFolder; guard: Guard },
  wanted: Record<string, string>,
): Promise<ServerProcess> {
  const settings = {
    listen_addresses: HOST,
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    log_min_error_statement: 'panic', // statements can hold passwords
    ...(on.folder.temporary ? TEMPORARY : {}),
    ...wanted,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = {
    program: on.binaries.postgres,
    args: ['-D', on.folder.dataFolder, ...args],
    ready: /database system is ready to accept (read-only )?connections/,
    startTimeoutMs: START_TIMEOUT_MS,
  };
  const start = () => startServerProcess(command, on.folder.account, on.guard);
  return untilPredecessorIsGone(start, on.folder.path);
}

const PREDECESSOR_STILL_THERE = /lock file "postmaster.pid" already exists|pre-existing shared memory block/;
const PREDECESSOR_MS = 10_000;

/** After a crash, or the kill of an owner, the previous server of the same data may need a moment to go. */
async function untilPredecessorIsGone(start: () => Promise<ServerProcess>, folder: string): Promise<ServerProcess> {
  const endMs = performance.now() + PREDECESSOR_MS;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      if (!PREDECESSOR_STILL_THERE.test(String(error))) throw error;
      const pid = /\(PID (\d+)\)/.exec(String(error))?.[1];
      if (performance.now() >= endMs) throw inUse(folder, pid);
      await untilGone(pid, endMs);
    }
  }
}

/** Waits for the end of that process, which costs less than starting servers until one stays. */
async function untilGone(pid: string | undefined, endMs: number): Promise<void> {
  do await new Promise((resolve) => setTimeout(resolve, 100));
  while (pid !== undefined && isAlive(Number(pid)) && performance.now() < endMs);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's
  }
}

function inUse(folder: string, pid = 'unknown'): Error {
  return new Error(
    `the data in ${folder} is in use by another PostgreSQL (process ${pid}): stop what started it, or name another folder`,
  );
}

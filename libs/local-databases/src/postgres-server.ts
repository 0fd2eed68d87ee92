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

const inUse = (folder: string, said: string): string => {
  const [, pid = 'unknown'] = /\(PID (\d+)\)/.exec(said) ?? [];
  return `the data in ${folder} is in use by another PostgreSQL (process ${pid}): stop what started it, or name another folder`;
};

const PREDECESSOR_STILL_THERE = /lock file "postmaster.pid" already exists|pre-existing shared memory block/;

/** After a crash, or the kill of an owner, the previous server of the same data may need a moment to go. */
async function untilPredecessorIsGone(start: () => Promise<ServerProcess>, folder: string): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (!PREDECESSOR_STILL_THERE.test(String(error))) throw error;
      if (attempt === 50) throw new Error(inUse(folder, String(error)));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
